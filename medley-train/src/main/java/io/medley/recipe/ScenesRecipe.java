package io.medley.recipe;

import io.medley.model.blip.task.BlipDirectory;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.scenes.SceneVocabulary;
import io.medley.tensor.DType;
import io.medley.tensor.Engine;
import io.medley.text.WordPieceOptions;
import io.medley.text.WordPieceTokenizer;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.util.Map;

/**
 * Makes the embedded model: pre-trains a small BLIP on the small world with the real objective, tunes it for captions, then for questions,
 * and writes the directory that {@code Medley.load} opens.
 */
public final class ScenesRecipe {
    private ScenesRecipe() {}

    /**
     * Runs the whole recipe.
     *
     * @param directory gets {@code model.safetensors}, {@code vqa.safetensors} (float16), {@code vocab.txt}, {@code config.json}, metrics
     */
    public static void run(ScenesOptions options, RunDirectory directory) throws IOException {
        var folder = directory.folder();
        Engine.setThreads(options.threads());
        boolean writes = directory.world().isFirst();
        if (writes) {
            SceneVocabulary.write(folder.resolve("vocab.txt"));
        }
        var tokenizer = WordPieceTokenizer.of(SceneVocabulary.tokens(), WordPieceOptions.BLIP);
        var vision = new ScenesVision(options).run(directory);
        if (writes) {
            WeightFile.save(folder.resolve("vision.safetensors"), vision, DType.FLOAT32);
        }
        var pretrained = new ScenesPretraining(options, tokenizer).run(vision, directory);
        if (writes) {
            WeightFile.save(folder.resolve("model.safetensors"), pretrained, DType.FLOAT16);
        }
        var answering = new ScenesVqa(options, tokenizer).run(pretrained, directory);
        if (!writes) {
            return;
        }
        WeightFile.save(folder.resolve("vqa.safetensors"), answering, DType.FLOAT16);
        new BlipDirectory(
                        options.model(tokenizer.vocabSize()),
                        Map.of(Part.PRETRAIN, "model.safetensors", Part.VQA, "vqa.safetensors"))
                .write(folder);
    }
}
