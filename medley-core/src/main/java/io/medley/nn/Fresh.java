package io.medley.nn;

import io.medley.tensor.Tensor;

/**
 * Operations that overwrite a freshly computed tensor when nobody else can see it (no gradient recorded, no {@link Trace} open), and compute
 * a new one otherwise. At inference this halves the memory traffic of residual sums and activations.
 */
public final class Fresh {
    private Fresh() {}

    /** {@code x + branch}; {@code branch} must be the caller's own fresh result. */
    public static Tensor residual(Tensor x, Tensor branch) {
        // Under mixed precision the branch is bfloat16 and the sum must not be.
        return mayOverwrite(branch) && !x.requiresGrad() && branch.dtype() == x.dtype()
                ? branch.add_(x)
                : x.add(branch);
    }

    /** Exact GELU of the caller's own fresh result. */
    public static Tensor gelu(Tensor x) {
        return mayOverwrite(x) ? x.gelu_() : x.gelu();
    }

    /** SiLU of the caller's own fresh result. */
    public static Tensor silu(Tensor x) {
        return mayOverwrite(x) ? x.silu_() : x.silu();
    }

    private static boolean mayOverwrite(Tensor fresh) {
        return !fresh.requiresGrad() && !Trace.isOpen();
    }
}
