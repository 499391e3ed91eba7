package io.medley.model.blip.task;

import io.medley.checkpoint.Checkpoint;
import io.medley.image.ImageTransform;
import io.medley.image.ImageTransforms;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFamily;
import io.medley.model.ModelFiles;
import io.medley.model.ModelWeights;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.blip.BlipPretrained;
import io.medley.model.blip.BlipTokens;
import io.medley.model.blip.BlipVqa;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** BLIP's files. Medley's own directories ({@link BlipDirectory}) are read here. */
public final class BlipFamily implements ModelFamily {
    /** Positions fit another image size by interpolation; everything else must fit as it is. */
    private static final ModelWeights.Rules RULES =
            new ModelWeights.Rules(List.of("visual_encoder.pos_embed"), List.of());

    @Override
    public String name() {
        return "blip";
    }

    @Override
    public boolean recognises(ModelFiles files) {
        return files.config().filter(BlipDirectory::isOne).isPresent();
    }

    @Override
    public Model load(ModelFiles files, LoadOptions options) throws IOException {
        var json = files.config().orElseThrow();
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
                heads = load(part.getKey(), files.require(part.getValue()), config, inputs.tokens(), heads, weights);
            }
        } catch (RuntimeException | IOException e) {
            weights.forEach(w -> w.parameters().values().forEach(Tensor::close));
            throw e;
        }
        return new BlipModel(files.name(), config, json.toPrettyString(), inputs, heads, weights, options);
    }

    private static BlipHeads load(
            BlipDirectory.Part part,
            Path file,
            BlipConfig config,
            BlipTokens tokens,
            BlipHeads heads,
            List<Weights> weights)
            throws IOException {
        return switch (part) {
            case PRETRAIN -> heads.withPretrained(built(file, weights, BlipPretrained::new, config));
            case CAPTION -> heads.withCaptioner(built(file, weights, BlipCaptioner::new, config));
            case ITM -> heads.withMatcher(built(file, weights, BlipMatcher::new, config));
            case VQA -> heads.withVqa(built(file, weights, (w, c) -> new BlipVqa(w, c, tokens), config));
        };
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

    private static BlipConfig sized(BlipConfig config, LoadOptions options) {
        return options.imageSize() == 0 ? config : config.withImageSize(options.imageSize());
    }

    /** @param exact whether the vocabulary must have as many tokens as the model, and not just no more */
    private static Tokenizer tokenizer(Path directory, int vocabulary, boolean exact) throws IOException {
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
    private static ImageTransform transform(ModelFiles files, BlipConfig config, LoadOptions options) {
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
