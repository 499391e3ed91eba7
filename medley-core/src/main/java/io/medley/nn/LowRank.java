package io.medley.nn;

import io.medley.tensor.Tensor;

/**
 * x ↦ scale·(x·Aᵀ)·Bᵀ.
 *
 * @param a (rank, in)
 * @param b (out, rank)
 */
record LowRank(Tensor a, Tensor b, double scale) {
    /** (…, in) → (…, out). */
    Tensor forward(Tensor x) {
        return x.linear(a, null).linear(b, null).mul(scale);
    }

    /** The same map as one matrix (out, in). */
    Tensor matrix() {
        return b.matmul(a).mul(scale);
    }
}
