package io.medley.train;

import io.medley.tensor.Tensor;
import java.util.Map;

/**
 * What is learnt: a batch in, named losses out. The loop minimises their sum.
 *
 * @param <B> what a batch is
 */
@FunctionalInterface
public interface Objective<B> {
    /**
     * Scalar losses by name, in the order they should be reported; they carry gradients.
     *
     * @param progress how much of the training is done, 0 to 1
     */
    Map<String, Tensor> losses(B batch, double progress);
}
