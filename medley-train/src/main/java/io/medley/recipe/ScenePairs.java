package io.medley.recipe;

import io.medley.image.RgbImage;
import io.medley.model.blip.BlipPretraining;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.scenes.WebText;
import io.medley.text.Padding;
import io.medley.text.TokenBatch;
import io.medley.text.WordPieceTokenizer;
import java.util.ArrayList;

/**
 * Batches of pictures of the small world with one of their five captions each, or with their alt-text; a pure function of the batch's number.
 */
final class ScenePairs {
    /** Longest caption in tokens. */
    static final int MAX_TEXT = 24;

    /** Which of the five captions a picture comes with. */
    @FunctionalInterface
    interface Choice {
        /**
         * A number from 0 to 4.
         *
         * @param step number of the step, the same for all processes that share it
         * @param picture number of the picture
         */
        int caption(long step, long picture);

        /** Each of them in turn. */
        static Choice any() {
            return (step, picture) -> (int) Math.floorMod(picture * 31 + step, 5L);
        }
    }

    private final Scenes scenes;
    private final SceneBatches batches;
    private final WordPieceTokenizer tokenizer;
    private final int imageSize;
    private final int batch;
    private final long first;
    private final Choice choice;

    /** Pixels (B, 3, S, S) in one piece, and captions. */
    record Pairs(float[] pixels, TokenBatch texts) {}

    /**
     * @param split where the pictures are from
     * @param first number of the first picture
     * @param choice of captions; pictures of the web split come with their alt-text instead
     */
    ScenePairs(SceneSplit split, WordPieceTokenizer tokenizer, int imageSize, int batch, long first, Choice choice) {
        this.scenes = Scenes.of(split);
        this.batches = new SceneBatches(imageSize);
        this.tokenizer = tokenizer;
        this.imageSize = imageSize;
        this.batch = batch;
        this.first = first;
        this.choice = choice;
    }

    /** What these are, for checkpoints. */
    String identity() {
        return "scenes/" + scenes.split().word() + " from picture " + first + ", " + imageSize + " px";
    }

    /** The tensors of a batch. */
    BlipPretraining.Batch batch(Pairs pairs) {
        return new BlipPretraining.Batch(
                batches.tensor(pairs.pixels), SceneBatches.ids(pairs.texts), SceneBatches.mask(pairs.texts));
    }

    /** Batch number n for the step at hand: pictures first + n·B, first + n·B + 1, … */
    Pairs pairs(long number, long step) {
        var images = new ArrayList<RgbImage>();
        var captions = new ArrayList<String>();
        for (int i = 0; i < batch; i++) {
            long index = first + number * batch + i;
            var sample = scenes.sample(index, imageSize);
            images.add(sample.image());
            captions.add(sample.web().map(WebText::text).orElseGet(() -> sample.captions()
                    .get(choice.caption(step, index))));
        }
        return new Pairs(batches.pixels(images), tokenizer.encode(captions, Padding.longest(MAX_TEXT)));
    }
}
