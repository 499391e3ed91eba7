package io.medley.finetune;

import io.medley.image.ImageTransform;
import io.medley.image.RandomImageTransform;
import io.medley.image.RandomResizedCrop;
import io.medley.image.ResizeTransform;
import io.medley.image.RgbImage;
import io.medley.image.TrainTransform;
import io.medley.model.blip.task.BlipStart;
import io.medley.tensor.Tensor;
import io.medley.text.Padding;
import io.medley.text.TokenBatch;
import io.medley.text.Tokenizer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Pictures and texts as the arrays a batch holds, and the tensors they become. */
public final class TuningInputs {
    private final Tokenizer tokenizer;
    private final ImageTransform transform;
    private final @Nullable RandomImageTransform augmented;
    private final int longest;

    /**
     * @param minScale least share of a picture's area that is shown, drawn anew each time; 1 for always the whole. Pictures are not
     *     mirrored: captions may say left and right
     */
    public TuningInputs(BlipStart start, double minScale) {
        this.tokenizer = start.tokenizer();
        this.transform = start.transform();
        this.longest = start.config().text().maxPositions();
        // Only of a transform that squeezes is it known what a random part of the picture corresponds to.
        this.augmented =
                minScale < 1 && transform instanceof ResizeTransform resize && resize.height() == resize.width()
                        ? new TrainTransform(
                                RandomResizedCrop.of(resize.height(), minScale), false, null, resize.normalization())
                        : null;
    }

    /** (3, S, S). */
    public float[] pixels(RgbImage image, RandomGenerator random) {
        return augmented == null ? transform.apply(image) : augmented.apply(image, random);
    }

    /** Pixels of several pictures, (B, 3, S, S). */
    public Tensor tensor(float[] pixels) {
        long each = 3L * transform.height() * transform.width();
        return Tensor.of(pixels, pixels.length / each, 3, transform.height(), transform.width());
    }

    /** Puts pictures one after the other; {@code which} of each row. */
    static float[] together(List<? extends Row.Loaded<?>> rows, int which) {
        int each = rows.get(0).pixels().get(which).length;
        var all = new float[rows.size() * each];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i).pixels().get(which), 0, all, i * each, each);
        }
        return all;
    }

    /** Texts with their special tokens, cut to {@code most} tokens, padded to the longest. */
    public TokenBatch texts(List<String> texts, int most) {
        return tokenizer.encode(texts, Padding.longest(Math.min(most, longest)));
    }

    /** Number of tokens of a text, special tokens counted. */
    int length(String text) {
        return tokenizer.encode(text).length;
    }

    /** (B, T). */
    public static Tensor ids(TokenBatch batch) {
        return Tensor.of(batch.ids(), batch.rows(), batch.length());
    }

    /** (B, T). */
    public static Tensor mask(TokenBatch batch) {
        return Tensor.of(batch.attentionMask(), batch.rows(), batch.length());
    }
}
