package io.medley.model.blip.task;

import io.medley.checkpoint.Checkpoint;
import io.medley.image.ImageTransform;
import io.medley.image.ImageTransforms;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFamily;
import io.medley.model.ModelFiles;
import io.medley.model.ModelWeights;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipClassifier;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipKeyMaps;
import io.medley.model.blip.BlipKind;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.blip.BlipNlvr;
import io.medley.model.blip.BlipPretrained;
import io.medley.model.blip.BlipTokens;
import io.medley.model.blip.BlipVariants;
import io.medley.model.blip.BlipVqa;
import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.text.Tokenizer;
import io.medley.text.Tokenizers;
import io.medley.text.WordPieceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * BLIP's files, in four forms: Medley's own directories ({@link BlipDirectory}); Hugging Face's; directories with a configuration and
 * weights as salesforce/BLIP has them; and original or LAVIS weights without any configuration, but with {@code vocab.txt} beside them.
 */
public final class BlipFamily implements ModelFamily {
    /** Positions fit another image size by interpolation; everything else must fit as it is. */
    private static final ModelWeights.Rules RULES =
            new ModelWeights.Rules(List.of("visual_encoder.pos_embed"), List.of());

    /** The same for weights as training leaves them, of which use needs only a part. */
    private static final ModelWeights.Rules TRAINED = new ModelWeights.Rules(
            RULES.positions(),
            List.of(
                    "visual_encoder_m.*",
                    "text_encoder_m.*",
                    "vision_proj_m.*",
                    "text_proj_m.*",
                    "image_queue",
                    "text_queue",
                    "idx_queue",
                    "queue_ptr",
                    "ptr_queue"));

    /** What the published captioners were tuned with; their files do not say so. */
    static final String PROMPT = "a picture of ";

    private static final int MOST_CATEGORIES = 100_000;

    @Override
    public String name() {
        return "blip";
    }

    @Override
    public boolean recognises(ModelFiles files) {
        if (files.config().isEmpty()) {
            return holdsBareWeights(files);
        }
        var json = files.config().get();
        return BlipDirectory.isOne(json)
                || BlipConfigJson.isHuggingFace(json)
                || json.has("med_config") && (json.has("vit") || json.has("vision_width"))
                || files.configText("class").startsWith("BLIP_");
    }

    /** Only names are read. */
    private static boolean holdsBareWeights(ModelFiles files) {
        try (var file = Checkpoint.open(files.weights())) {
            var names = file.unwrapped().names();
            return names.contains("visual_encoder.blocks.0.attn.qkv.weight")
                    && (names.contains("text_encoder.embeddings.word_embeddings.weight")
                            || names.contains("text_decoder.bert.embeddings.word_embeddings.weight"));
        } catch (MedleyException | IOException e) {
            return false; // no weights at all; whoever asks next says so
        }
    }

    @Override
    public Model load(ModelFiles files, LoadOptions options) throws IOException {
        if (files.config().filter(BlipDirectory::isOne).isPresent()) {
            return medley(files, files.config().get(), options);
        }
        try (var file = Checkpoint.open(files.weights())) {
            return files.config().filter(BlipConfigJson::isHuggingFace).isPresent()
                    ? huggingFace(files, file.unwrapped(), files.config().get(), options)
                    : original(files, file.unwrapped(), options);
        }
    }

    private static Model huggingFace(ModelFiles files, Checkpoint file, JsonNode json, LoadOptions options)
            throws IOException {
        var weights = BlipKeyMaps.HUGGING_FACE.apply(file);
        if (weights.names().contains("logit_scale")) {
            throw new MedleyException(
                    files.path()
                            + ": BlipModel was never published with weights and serves no task; use io.medley.model.blip.BlipContrastive");
        }
        boolean tied = !weights.names().contains("text_decoder.cls.predictions.decoder.weight");
        var config = BlipConfigJson.huggingFace(json).config().withTiedHead(tied);
        return single(files, weights, config, PROMPT, options);
    }

    private static Model original(ModelFiles files, Checkpoint weights, LoadOptions options) throws IOException {
        return files.config().isPresent()
                ? single(
                        files,
                        weights,
                        BlipConfigJson.upstream(files.config().get()).config(),
                        "",
                        options)
                : single(files, weights, published(files, weights), PROMPT, options);
    }

    /** Sizes of published weights, told by the width of the image encoder and the number of its positions. */
    static BlipConfig published(ModelFiles files, Checkpoint weights) {
        long[] positions = weights.info("visual_encoder.pos_embed").shape();
        if (positions.length == 3 && positions[1] > 1 && positions[1] < 1 << 20) {
            int grid = (int) Math.sqrt(positions[1] - 1);
            var config = BlipVariants.read().ofWidth(positions[2], grid);
            if (config.isPresent()) {
                return config.get();
            }
        }
        throw new MedleyException(
                files.path() + ": no config.json, and no published image encoder has positions of shape "
                        + Arrays.toString(positions) + "; give a config.json with vit and med_config");
    }

    /** @param captionPrompt for captioners whose configuration gives none */
    private static Model single(
            ModelFiles files, Checkpoint weights, BlipConfig stored, String captionPrompt, LoadOptions options)
            throws IOException {
        var kind = BlipKind.of(weights.names());
        var prompted =
                kind == BlipKind.CAPTION && stored.prompt().isEmpty() ? stored.withPrompt(captionPrompt) : stored;
        var config = sized(prompted, options);
        var folder = Files.isDirectory(files.path())
                ? files.path()
                : Objects.requireNonNull(files.path().toAbsolutePath().getParent());
        var tokenizer = tokenizer(folder, config.text().vocabularySize(), true);
        var inputs = BlipInputs.of(
                tokenizer, transform(files, config, options), config.text().maxPositions());
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var built = heads(files, weights, kind, config, inputs.tokens());
            var json = files.config().isPresent()
                    ? files.config().get().toPrettyString()
                    : "{\"model_type\": \"blip\", \"kind\": \"" + kind + "\"}";
            return new BlipModel(files.name(), config, json, inputs, built.model(), List.of(built.weights()), options);
        }
    }

    private static ModelWeights.Built<BlipHeads> heads(
            ModelFiles files, Checkpoint weights, BlipKind kind, BlipConfig config, BlipTokens tokens) {
        return switch (kind) {
            case CAPTION ->
                ModelWeights.load(weights, RULES, w -> BlipHeads.NONE.withCaptioner(new BlipCaptioner(w, config)));
            case MATCH ->
                ModelWeights.load(weights, RULES, w -> BlipHeads.NONE.withMatcher(new BlipMatcher(w, config)));
            case VQA -> ModelWeights.load(weights, RULES, w -> BlipHeads.NONE.withVqa(new BlipVqa(w, config, tokens)));
            case PRETRAIN ->
                ModelWeights.load(weights, TRAINED, w -> BlipHeads.NONE.withPretrained(new BlipPretrained(w, config)));
            case RETRIEVAL -> ModelWeights.load(weights, TRAINED, w -> retrieval(w, config));
            case NLVR -> ModelWeights.load(weights, RULES, w -> BlipHeads.NONE.withNlvr(new BlipNlvr(w, config)));
            case CLASSIFY -> {
                // Such weights do not name their categories; their numbers stand in.
                long[] shape = weights.info("cls_head.2.weight").shape();
                int categories = Math.toIntExact(Math.min(MOST_CATEGORIES, shape[0]));
                var labels = IntStream.range(0, categories)
                        .mapToObj(Integer::toString)
                        .toList();
                yield ModelWeights.load(
                        weights,
                        RULES,
                        w -> BlipHeads.NONE.withClassifier(new BlipClassifier(w, config, categories), labels));
            }
            case FEATURES ->
                throw new MedleyException(files.path() + ": these weights have no head for any task; use "
                        + "io.medley.model.blip.BlipFeatureExtractor");
        };
    }

    private static Model medley(ModelFiles files, JsonNode json, LoadOptions options) throws IOException {
        var directory =
                BlipDirectory.read(json, files.path().resolve("config.json").toString());
        var config = sized(directory.config(), options);
        var tokenizer = tokenizer(files.path(), config.text().vocabularySize(), true);
        var inputs = BlipInputs.of(
                tokenizer, transform(files, config, options), config.text().maxPositions());
        var weights = new ArrayList<Weights>();
        var heads = BlipHeads.NONE;
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            for (var part : directory.parts().entrySet()) {
                heads = load(part.getKey(), files, directory, config, inputs.tokens(), heads, weights);
            }
        } catch (RuntimeException | IOException e) {
            weights.forEach(w -> w.parameters().values().forEach(Tensor::close));
            throw e;
        }
        return new BlipModel(files.name(), config, json.toPrettyString(), inputs, heads, weights, options);
    }

    private static BlipHeads load(
            BlipDirectory.Part part,
            ModelFiles files,
            BlipDirectory directory,
            BlipConfig config,
            BlipTokens tokens,
            BlipHeads heads,
            List<Weights> weights)
            throws IOException {
        var file = files.require(directory.parts().getOrDefault(part, ""));
        return switch (part) {
            case PRETRAIN -> heads.withPretrained(built(file, weights, BlipPretrained::new, config));
            case CAPTION -> heads.withCaptioner(built(file, weights, BlipCaptioner::new, config));
            case ITM -> heads.withMatcher(built(file, weights, BlipMatcher::new, config));
            case RETRIEVAL -> {
                var tuned = built(file, weights, BlipFamily::retrieval, config);
                yield heads.withMatcher(Objects.requireNonNull(tuned.matcher())).withTemperature(tuned.temperature());
            }
            case VQA -> heads.withVqa(built(file, weights, (w, c) -> new BlipVqa(w, c, tokens), config));
            case NLVR -> heads.withNlvr(built(file, weights, BlipNlvr::new, config));
            case CLASSIFY -> {
                var labels = directory.labels();
                yield heads.withClassifier(
                        built(file, weights, (w, c) -> new BlipClassifier(w, c, labels.size()), config), labels);
            }
        };
    }

    /** The trained part of {@code BLIP_Retrieval}: matcher and temperature. */
    private static BlipHeads retrieval(Weights weights, BlipConfig config) {
        double temperature =
                weights.parameter("temp", Init.constant(BlipHeads.TEMPERATURE)).item();
        return BlipHeads.NONE
                .withMatcher(new BlipMatcher(weights, config))
                .withTemperature(Math.min(0.5, Math.max(0.001, temperature)));
    }

    private static <M> M built(
            Path file, List<Weights> weights, BiFunction<Weights, BlipConfig, M> build, BlipConfig config)
            throws IOException {
        try (var checkpoint = Checkpoint.open(file)) {
            var built = ModelWeights.load(checkpoint, RULES, w -> build.apply(w, config));
            weights.add(built.weights());
            return built.model();
        }
    }

    static BlipConfig sized(BlipConfig config, LoadOptions options) {
        return options.imageSize() == 0 ? config : config.withImageSize(options.imageSize());
    }

    /** @param exact whether the vocabulary must have as many tokens as the model, and not just no more */
    static Tokenizer tokenizer(Path directory, int vocabulary, boolean exact) throws IOException {
        var tokenizer = Tokenizers.load(directory, WordPieceOptions.BLIP);
        int found = tokenizer.vocabSize();
        if (found > vocabulary || exact && found != vocabulary) {
            tokenizer.close();
            throw new MedleyException(
                    directory + ": the vocabulary has " + found + " tokens, [DEC] and [ENC] included, "
                            + "but the model has " + vocabulary + "; give the vocab.txt it was trained with");
        }
        return tokenizer;
    }

    /** What {@code preprocessor_config.json} says; without one, or for another image size, BLIP's own. */
    static ImageTransform transform(ModelFiles files, BlipConfig config, LoadOptions options) {
        int size = config.vision().imageSize();
        var file = files.file("preprocessor_config.json");
        if (file.isEmpty() || options.imageSize() != 0) {
            return ImageTransforms.blip(size);
        }
        var transform = ImageTransforms.fromPreprocessorConfig(file.get());
        if (transform.height() != size || transform.width() != size) {
            throw new MedleyException(file.get() + ": makes pictures of " + transform.width() + " x "
                    + transform.height() + " pixels but the model takes " + size + " x " + size + "; correct it");
        }
        return transform;
    }
}
