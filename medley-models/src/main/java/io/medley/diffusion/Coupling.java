package io.medley.diffusion;

import io.medley.tensor.Tensor;

/** Which noise (or source sample) belongs to which data of a training batch. */
@FunctionalInterface
public interface Coupling {

    /** As they come: independent when drawn independently; reflow pairs and paired data when the rows belong together. */
    Coupling AS_GIVEN = Pair::new;

    /**
     * The permutation of the noise with the least Σ‖x₀ − ε‖² over the batch: exact optimal transport between the two empirical measures (OT-CFM,
     * Tong et al., 2024, which draws from the plan with replacement instead).
     */
    Coupling OPTIMAL_TRANSPORT = (data, noise) -> new Pair(data, noise.indexSelect(0, optimal(data, noise)));

    /** Rows that belong together, both (B, …). */
    record Pair(Tensor data, Tensor noise) {}

    /** Pairs the rows of two tensors of the same shape. */
    Pair pair(Tensor data, Tensor noise);

    private static Tensor optimal(Tensor data, Tensor noise) {
        int n = Math.toIntExact(data.size(0));
        var a = Batch.state(data).reshape(n, -1); // (B, D)
        var b = Batch.state(noise).reshape(n, -1);
        // ‖a − b‖² up to terms that are the same for every permutation.
        var flat = a.matmul(b.transpose(0, 1)).mul(-2).toDoubles();
        var cost = new double[n][n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(flat, i * n, cost[i], 0, n);
        }
        int[] columns = Assignment.solve(cost);
        var index = new long[n];
        for (int i = 0; i < n; i++) {
            index[i] = columns[i];
        }
        return Tensor.of(index, n);
    }
}
