package io.medley.model.blip.task;

import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.SafetensorsWriter;
import io.medley.image.ImageTransform;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFiles;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipKeyMaps;
import io.medley.model.blip.BlipTokens;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.nn.PositionEmbeddings;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A BLIP to start a training from, in any of the forms that {@link BlipFamily} loads: its configuration, its tokenizer, how it sees pictures,
 * and its weights, which fill another head's model as far as they fit.
 */
public final class BlipStart implements AutoCloseable {
    private static final String POSITIONS = "visual_encoder.pos_embed";
    private static final List<String> TOKENIZER_FILES = List.of(
            "vocab.txt",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "preprocessor_config.json");

    /** Which part a head starts from, the first that there is. */
    private static final Map<Part, List<Part>> ORDER = order();

    private final ModelFiles files;
    private final Path folder;
    private final BlipConfig config;
    private final BlipInputs inputs;
    private final Map<Part, Checkpoint> sources;

    private BlipStart(
            ModelFiles files, Path folder, BlipConfig config, BlipInputs inputs, Map<Part, Checkpoint> sources) {
        this.files = files;
        this.folder = folder;
        this.config = config;
        this.inputs = inputs;
        this.sources = sources;
    }

    private static Map<Part, List<Part>> order() {
        var order = new EnumMap<Part, List<Part>>(Part.class);
        for (var part : Part.values()) {
            var others = new ArrayList<>(List.of(part, Part.PRETRAIN, Part.RETRIEVAL, Part.ITM, Part.CAPTION));
            others.addAll(Arrays.asList(Part.values()));
            order.put(part, others);
        }
        return order;
    }

    /**
     * Opens the files of a model.
     *
     * @throws MedleyException when they are no BLIP's, or damaged
     */
    public static BlipStart open(ModelFiles files, LoadOptions options) throws IOException {
        if (!new BlipFamily().recognises(files)) {
            throw new MedleyException(files.path() + ": is no BLIP; only BLIP can be tuned so far");
        }
        var sources = new EnumMap<Part, Checkpoint>(Part.class);
        BlipConfig stored;
        if (files.config().filter(BlipDirectory::isOne).isPresent()) {
            var directory = BlipDirectory.read(
                    files.config().get(), files.path().resolve("config.json").toString());
            stored = directory.config();
            for (var part : directory.parts().entrySet()) {
                sources.put(part.getKey(), Checkpoint.open(files.require(part.getValue())));
            }
        } else if (files.config().filter(BlipConfigJson::isHuggingFace).isPresent()) {
            var json = files.config().get();
            sources.put(
                    Part.PRETRAIN,
                    BlipKeyMaps.HUGGING_FACE.apply(
                            Checkpoint.open(files.weights()).unwrapped()));
            stored = BlipConfigJson.huggingFace(json).config().withPrompt(BlipFamily.PROMPT);
        } else {
            var weights = Checkpoint.open(files.weights()).unwrapped();
            sources.put(Part.PRETRAIN, weights);
            stored = files.config().isPresent()
                    ? BlipConfigJson.upstream(files.config().get()).config()
                    : BlipFamily.published(files, weights).withPrompt(BlipFamily.PROMPT);
        }
        // What is tuned is written with the head tied, as salesforce/BLIP has it.
        var config = BlipFamily.sized(stored, options).withTiedHead(true);
        var folder = Files.isDirectory(files.path())
                ? files.path()
                : Objects.requireNonNull(files.path().toAbsolutePath().getParent());
        var tokenizer = BlipFamily.tokenizer(folder, config.text().vocabularySize(), true);
        var transform = BlipFamily.transform(files, config, options);
        var inputs = BlipInputs.of(tokenizer, transform, config.text().maxPositions());
        return new BlipStart(files, folder, config, inputs, sources);
    }

    /** What the user called it. */
    public String name() {
        return files.name();
    }

    public BlipConfig config() {
        return config;
    }

    public Tokenizer tokenizer() {
        return inputs.tokenizer();
    }

    public BlipTokens tokens() {
        return inputs.tokens();
    }

    public ImageTransform transform() {
        return inputs.transform();
    }

    /**
     * What became of a model's parameters.
     *
     * @param copied parameters that start from stored weights
     * @param fresh names of those that start from chance
     */
    public record Filled(int copied, List<String> fresh) {}

    /**
     * Copies stored weights into a model's parameters. A parameter without a counterpart of its name starts from the one it is made of:
     * decoders from the text encoder where pre-training shares them, both sides of NLVR2's cross-attention from the one there is (as
     * upstream's {@code load_checkpoint}). Positions are interpolated to the image size.
     *
     * @param part what the model is for; decides which of several files is read
     * @throws MedleyException when there is nothing for the image encoder
     */
    public Filled fill(Weights weights, Part part) {
        var source = Objects.requireNonNull(ORDER.get(part)).stream()
                .filter(sources::containsKey)
                .findFirst()
                .map(sources::get)
                .orElseThrow();
        int copied = 0;
        var fresh = new ArrayList<String>();
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            for (var entry : weights.parameters().entrySet()) {
                if (copy(source, entry.getKey(), entry.getValue())) {
                    copied++;
                } else {
                    fresh.add(entry.getKey());
                }
            }
        }
        var missing = fresh.stream()
                .filter(name -> name.startsWith("visual_encoder."))
                .toList();
        if (!missing.isEmpty()) {
            throw new MedleyException(source.source() + ": " + missing.size()
                    + " tensors of the image encoder are missing or of another shape, such as " + missing.get(0)
                    + "; start from a complete BLIP");
        }
        return new Filled(copied, fresh);
    }

    private static boolean copy(Checkpoint source, String name, Tensor into) {
        for (var candidate : candidates(name)) {
            if (!source.names().contains(candidate)) {
                continue;
            }
            var stored = source.load(candidate).to(DType.FLOAT32);
            var fitting = name.equals(POSITIONS) ? PositionEmbeddings.interpolate(stored, into.size(1), 1) : stored;
            if (Arrays.equals(fitting.shape(), into.shape())) {
                into.copy_(fitting);
                return true;
            }
        }
        return false;
    }

    private static List<String> candidates(String name) {
        var single = name.replaceFirst("(crossattention\\.(?:self|output\\.dense))[01]\\.", "$1.");
        var other = single.startsWith("text_decoder.bert.")
                ? single.replaceFirst("text_decoder\\.bert\\.", "text_encoder.")
                : single.replaceFirst("^text_encoder\\.", "text_decoder.bert.");
        return List.of(name, single, other);
    }

    /**
     * Writes a directory that {@code Medley.load} opens: this model's tokenizer and picture settings, and the given weights as its only part.
     *
     * @param labels categories, for {@link Part#CLASSIFY}
     */
    public void write(Path directory, Part part, Map<String, Tensor> weights, List<String> labels) throws IOException {
        Files.createDirectories(directory);
        for (var name : TOKENIZER_FILES) {
            if (Files.exists(folder.resolve(name))) {
                Files.copy(folder.resolve(name), directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        try (var scope = Scope.open()) {
            var plain = new LinkedHashMap<String, Tensor>();
            weights.forEach((name, tensor) -> plain.put(name, tensor.detach().contiguous()));
            SafetensorsWriter.write(directory.resolve("model.safetensors"), plain, Map.of("format", "pt"));
        }
        // Last: without it the directory is no model.
        new BlipDirectory(config, Map.of(part, "model.safetensors"), labels).write(directory);
    }

    @Override
    public void close() {
        sources.values().forEach(Checkpoint::close);
        inputs.tokenizer().close();
    }
}
