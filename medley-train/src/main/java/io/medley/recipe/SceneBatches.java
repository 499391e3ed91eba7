package io.medley.recipe;

import io.medley.image.ImageTransform;
import io.medley.image.ImageTransforms;
import io.medley.image.RgbImage;
import io.medley.tensor.Tensor;
import io.medley.text.TokenBatch;
import java.util.List;

/** Pictures and texts as the arrays a model takes. */
final class SceneBatches {
    private final ImageTransform transform;
    private final int size;

    SceneBatches(int size) {
        this.transform = ImageTransforms.blip(size);
        this.size = size;
    }

    /** Normalised pixels of pictures, one after the other. */
    float[] pixels(List<RgbImage> images) {
        int each = 3 * size * size;
        var all = new float[images.size() * each];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(transform.apply(images.get(i)), 0, all, i * each, each);
        }
        return all;
    }

    /** (B, 3, S, S). */
    Tensor tensor(float[] pixels) {
        return Tensor.of(pixels, pixels.length / (3L * size * size), 3, size, size);
    }

    /** (B, T). */
    static Tensor ids(TokenBatch batch) {
        return Tensor.of(batch.ids(), batch.rows(), batch.length());
    }

    /** (B, T). */
    static Tensor mask(TokenBatch batch) {
        return Tensor.of(batch.attentionMask(), batch.rows(), batch.length());
    }
}
