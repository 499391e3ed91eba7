package io.medley.diffusion;

import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;

/** A correction of the data estimate x̂₀; see {@link Denoiser#with}. */
@FunctionalInterface
public interface SampleHook {

    /** The corrected estimate, (B, …) float64; {@code x} is the state it was made from. */
    Tensor apply(Tensor estimate, Tensor x, double[] t);

    /** Clips to [−range, range], as DDPM does at every step. */
    static SampleHook clip(double range) {
        if (!(range > 0)) {
            throw new MedleyException("clip: the range " + range + " must be positive");
        }
        return (estimate, x, t) -> estimate.clamp(-range, range);
    }

    /**
     * Dynamic thresholding (Saharia et al., 2022): each sample is clipped at the {@code quantile} of its absolute values, which is kept within
     * [1, {@code largest}], and scaled back to [−1, 1].
     */
    static SampleHook dynamicThreshold(double quantile, double largest) {
        if (!(quantile > 0 && quantile <= 1 && largest >= 1)) {
            throw new MedleyException(
                    "dynamic threshold: need a quantile in (0, 1] and a largest value of 1 or more, got " + quantile
                            + " and " + largest);
        }
        return (estimate, x, t) -> {
            var sorted =
                    estimate.reshape(estimate.size(0), -1).abs().sort(1, false).values(); // (B, N)
            double place = quantile * (sorted.size(1) - 1);
            long below = (long) Math.floor(place);
            long above = Math.min(below + 1, sorted.size(1) - 1);
            var low = sorted.select(1, below);
            var limit =
                    low.add(sorted.select(1, above).sub(low).mul(place - below)).clamp(1, largest);
            var column = Batch.column(limit.toDoubles(), estimate);
            return estimate.maximum(column.neg())
                    .neg()
                    .maximum(column.neg())
                    .neg()
                    .div(column);
        };
    }

    /**
     * Inpainting: where {@code mask} is 1 the estimate is the known picture.
     *
     * @param known (B, …) or broadcastable
     * @param mask 1 where known, 0 where to be painted; broadcastable
     */
    static SampleHook inpaint(Tensor known, Tensor mask) {
        return (estimate, x, t) -> {
            var keep = mask.to(DType.FLOAT64);
            return Batch.state(known).mul(keep).add(estimate.mul(keep.neg().add(1)));
        };
    }
}
