package io.medley.flow;

import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Any function of features and context, invertible or not: it computes the parameters of couplings. */
@FunctionalInterface
public interface Network {

    /**
     * @param x (B, …)
     * @param context (B, C), or null
     */
    Tensor apply(Tensor x, @Nullable Tensor context);

    /** Features (B, F) with the context's beside them. */
    static Tensor withContext(Tensor x, @Nullable Tensor context) {
        return context == null ? x : Tensor.cat(1, x, context);
    }
}
