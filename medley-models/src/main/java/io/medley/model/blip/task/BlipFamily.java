package io.medley.model.blip.task;

import io.medley.checkpoint.Checkpoint;
import io.medley.image.ImageTransform;
import io.medley.image.ImageTransforms;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFamily;
import io.medley.model.ModelFiles;
import io.medley.model.blip.BlipConfig;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import io.medley.text.Tokenizer;
import io.medley.text.Tokenizers;
import io.medley.text.WordPieceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * BLIP's files, in three forms: Medley's own directories ({@link BlipDirectory}); Hugging Face directories ({@code Salesforce/blip-*}); and
 * weights of salesforce/BLIP or LAVIS ({@code .pth}, or a directory with them), with the original's configuration or, for the published
 * models, without. Each needs the vocabulary beside the weights.
 */
public final class BlipFamily implements ModelFamily {

    @Override
    public String name() {
        return "blip";
    }

    @Override
    public boolean recognises(ModelFiles files) {
        return files.config()
                        .filter(json -> BlipDirectory.isOne(json) || HuggingFaceBlip.isOne(json))
                        .isPresent()
                || OriginalBlip.isOne(files);
    }

    @Override
    public Model load(ModelFiles files, LoadOptions options) throws IOException {
        var source = files.path().resolve("config.json").toString();
        if (files.config().filter(BlipDirectory::isOne).isPresent()) {
            var directory = BlipDirectory.read(files.config().get(), source);
            try (var loading = start(files, directory.config(), options, true)) {
                for (var part : directory.parts().entrySet()) {
                    try (var weights = Checkpoint.open(files.require(part.getValue()))) {
                        loading.add(part.getKey(), weights.unwrapped());
                    }
                }
                return finish(files, loading, options);
            }
        }
        try (var file = Checkpoint.open(files.weights())) {
            var theirs = files.config().filter(HuggingFaceBlip::isOne);
            var weights = theirs.isPresent() ? HuggingFaceBlip.NAMES.apply(file.unwrapped()) : file.unwrapped();
            var part = OriginalBlip.part(weights.names(), files.path().toString());
            BlipConfig config;
            if (theirs.isPresent()) {
                boolean tied = !weights.names().contains("text_decoder.cls.predictions.decoder.weight");
                var prompt = part == BlipDirectory.Part.CAPTION ? OriginalBlip.PROMPT : "";
                config = HuggingFaceBlip.config(theirs.get(), tied, prompt, source);
            } else {
                config = OriginalBlip.config(files, weights, part);
            }
            try (var loading = start(files, config, options, false)) {
                loading.add(part, weights);
                return finish(files, loading, options);
            }
        }
    }

    private static BlipLoading start(ModelFiles files, BlipConfig stored, LoadOptions options, boolean exactVocabulary)
            throws IOException {
        var config = options.imageSize() == 0 ? stored : stored.withImageSize(options.imageSize());
        var transform = transform(files, config, options);
        var tokenizer = tokenizer(files, config.text().vocabularySize(), exactVocabulary);
        return new BlipLoading(
                config, BlipInputs.of(tokenizer, transform, config.text().maxPositions()));
    }

    private static Model finish(ModelFiles files, BlipLoading loading, LoadOptions options) {
        var config = loading.config();
        // Weights that came without a configuration get ours, which says the same.
        var json = files.config().map(node -> node.toPrettyString()).orElseGet(() -> BlipDirectory.sizes(config)
                .toPrettyString());
        return loading.finish(files.name(), json, options);
    }

    /** @param exact whether the vocabulary must have as many tokens as the model, and not just no more */
    private static Tokenizer tokenizer(ModelFiles files, int vocabulary, boolean exact) throws IOException {
        var directory = directory(files);
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

    private static Path directory(ModelFiles files) {
        if (Files.isDirectory(files.path())) {
            return files.path();
        }
        var parent = files.path().toAbsolutePath().getParent();
        if (parent == null || !Files.exists(parent.resolve("vocab.txt"))) {
            throw new MedleyException(files.path()
                    + ": no vocab.txt beside it; put that of bert-base-uncased there, which BLIP was trained with");
        }
        return parent;
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
