package io.medley.model.blip.task;

import io.medley.nn.Trace;
import io.medley.tensor.Tensor;
import java.util.function.Supplier;

/**
 * Grad-CAM on cross-attention, as LAVIS' {@code compute_gradcam}: attention times its positive gradients, mean over the heads, without the
 * class token. For any patch grid and number of heads.
 *
 * @param result what the forward pass returned
 * @param probabilities the tapped attention, (I, H, R, S): R rows of text per image, S image tokens, class token first
 */
public record GradCam(Tensor result, Tensor probabilities) {
    /**
     * Runs a forward pass, with gradients enabled by the caller, and keeps the cross-attention of one layer.
     *
     * @param layer counted from 0
     */
    public static GradCam watch(int layer, Supplier<Tensor> forward) {
        var suffix = "encoder.layer." + layer + ".crossattention.probs";
        try (var trace = Trace.withGradients(name -> name.endsWith(suffix))) {
            var result = forward.get();
            var taps = trace.all().values();
            if (taps.size() != 1) {
                throw new IllegalStateException(
                        "Grad-CAM: " + taps.size() + " cross-attentions seen at layer " + layer + ", expected 1");
            }
            return new GradCam(result, taps.iterator().next());
        }
    }

    /**
     * Relevance of every patch for every row of text, after {@code backward}.
     *
     * @param rows rows of text in all
     * @param length tokens of each
     * @return (rows, length, patches), at least 0
     */
    public Tensor relevance(long rows, long length) {
        var gradients = probabilities.grad();
        if (gradients == null) {
            throw new IllegalStateException("Grad-CAM: no gradient reached the attention");
        }
        long images = probabilities.size(0);
        long heads = probabilities.size(1);
        long tokens = probabilities.size(3);
        return probabilities
                .detach()
                .mul(gradients.clampMin(0))
                .narrow(3, 1, tokens - 1)
                .reshape(images, heads, rows / images, length, tokens - 1)
                .mean(1, false)
                .reshape(rows, length, tokens - 1);
    }
}
