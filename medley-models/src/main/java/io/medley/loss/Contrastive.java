package io.medley.loss;

import io.medley.tensor.Tensor;

/** Cross-entropies of similarities. */
public final class Contrastive {
    private Contrastive() {}

    /**
     * −Σ targets·log softmax(similarities), mean over rows.
     *
     * @param similarities (B, N), already divided by the temperature
     * @param targets (B, N), rows sum to 1
     */
    public static Tensor softTargets(Tensor similarities, Tensor targets) {
        return similarities.logSoftmax(1).mul(targets).sum(1, false).mean().neg();
    }
}
