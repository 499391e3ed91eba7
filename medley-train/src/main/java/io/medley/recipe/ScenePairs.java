package io.medley.recipe;

import io.medley.image.RgbImage;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.text.Padding;
import io.medley.text.TokenBatch;
import io.medley.text.WordPieceTokenizer;
import java.util.ArrayList;

/** Batches of pictures of the small world with one of their five captions each; a pure function of the batch's number. */
final class ScenePairs {
    /** Longest caption in tokens. */
    private static final int MAX_TEXT = 24;

    private final Scenes scenes = Scenes.of(SceneSplit.TRAIN);
    private final SceneBatches batches;
    private final WordPieceTokenizer tokenizer;
    private final int imageSize;
    private final int batch;
    private final long first;

    /** Pixels (B, 3, S, S) in one piece, and captions. */
    record Pairs(float[] pixels, TokenBatch texts) {}

    /** @param first number of the first picture */
    ScenePairs(WordPieceTokenizer tokenizer, int imageSize, int batch, long first) {
        this.batches = new SceneBatches(imageSize);
        this.tokenizer = tokenizer;
        this.imageSize = imageSize;
        this.batch = batch;
        this.first = first;
    }

    /** What these are, for checkpoints. */
    String identity() {
        return "scenes/train from picture " + first + ", " + imageSize + " px";
    }

    SceneBatches batches() {
        return batches;
    }

    /** Batch number n: pictures first + n·B, first + n·B + 1, … */
    Pairs pairs(long number) {
        var images = new ArrayList<RgbImage>();
        var captions = new ArrayList<String>();
        for (int i = 0; i < batch; i++) {
            long index = first + number * batch + i;
            var sample = scenes.sample(index, imageSize);
            images.add(sample.image());
            captions.add(sample.captions().get((int) Math.floorMod(index * 31 + number, 5L)));
        }
        return new Pairs(batches.pixels(images), tokenizer.encode(captions, Padding.longest(MAX_TEXT)));
    }
}
