package io.medley.diffusion;

import io.medley.tensor.Tensor;

/** The right side of dy/dt = f(y, t), for a batch whose samples may be at different times. */
@FunctionalInterface
public interface VectorField {

    /** dy/dt, of y's shape (B, …) float64. */
    Tensor at(Tensor y, double[] t);
}
