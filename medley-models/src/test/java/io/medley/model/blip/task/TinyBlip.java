package io.medley.model.blip.task;

import io.medley.checkpoint.SafetensorsWriter;
import io.medley.image.RgbImage;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipClassifier;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.blip.BlipNlvr;
import io.medley.model.blip.BlipPretrained;
import io.medley.model.blip.BlipTokens;
import io.medley.model.blip.BlipVqa;
import io.medley.model.med.MedConfig;
import io.medley.model.vit.VitConfig;
import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Directories of tiny random models, and random pictures. */
final class TinyBlip {
    static final List<String> WORDS = List.of(
            "a", "red", "blue", "cat", "dog", "on", "the", "grass", "what", "color", "is", "?", "yes", "no", "two",
            "##s", "picture", "of");

    static final List<String> LABELS = List.of("cat", "dog", "boat");

    private TinyBlip() {}

    static BlipConfig config(String prompt) {
        int vocabulary = 5 + WORDS.size() + 2;
        return new BlipConfig(
                new VitConfig(32, 8, 24, 2, 4, 48, 1e-6),
                new MedConfig(vocabulary, 24, 3, 4, 48, 40, 24, 1e-12),
                16,
                true,
                prompt);
    }

    /** Writes a directory with the given parts; the same weights every time. */
    static Path write(Path directory, BlipConfig config, BlipDirectory.Part... parts) throws IOException {
        Files.createDirectories(directory);
        var tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        tokens.addAll(WORDS);
        Files.write(directory.resolve("vocab.txt"), tokens);
        Map<BlipDirectory.Part, String> files = new EnumMap<>(BlipDirectory.Part.class);
        for (var part : parts) {
            files.put(part, part.key() + ".safetensors");
            weights(directory.resolve(part.key() + ".safetensors"), config, part);
        }
        var labels = files.containsKey(BlipDirectory.Part.CLASSIFY) ? LABELS : List.<String>of();
        new BlipDirectory(config, files, labels).write(directory);
        return directory;
    }

    private static void weights(Path file, BlipConfig config, BlipDirectory.Part part) throws IOException {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var weights = Weights.random(part.ordinal() + 1L);
            switch (part) {
                case PRETRAIN -> new BlipPretrained(weights, config);
                case CAPTION -> new BlipCaptioner(weights, config);
                case ITM -> new BlipMatcher(weights, config);
                case VQA -> new BlipVqa(weights, config, new BlipTokens(23, 24, 0, 2, 3));
                case RETRIEVAL -> {
                    weights.parameter("temp", Init.constant(0.2));
                    new BlipMatcher(weights, config);
                }
                case NLVR -> new BlipNlvr(weights, config);
                case CLASSIFY -> new BlipClassifier(weights, config, LABELS.size());
            }
            var saved = new LinkedHashMap<String, Tensor>();
            // Wider than the usual 0.02, so that outputs differ visibly between inputs.
            weights.parameters()
                    .forEach((name, t) -> saved.put(
                            name, (t.dim() > 1 ? t.mul(8) : t).to(DType.FLOAT16).contiguous()));
            SafetensorsWriter.write(file, saved, Map.of());
        }
    }

    static RgbImage picture(long seed) {
        var random = new Random(seed);
        int width = 20 + random.nextInt(40);
        int height = 20 + random.nextInt(40);
        var rgb = new byte[3 * width * height];
        int[] base = {random.nextInt(256), random.nextInt(256), random.nextInt(256)};
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.max(0, Math.min(255, base[i % 3] + random.nextInt(80) - 40));
        }
        return new RgbImage(width, height, rgb);
    }
}
