package io.medley.model.reference;

/**
 * How far values may differ: by {@code absolute} plus {@code relative} times the largest expected magnitude of the value. (Relative to the
 * value's scale, not to each element: an element that happens to be near 0 carries the rounding of its neighbours.)
 */
public record Tolerance(double absolute, double relative) {

    /** What the reference data promises for float32. */
    public static final Tolerance FLOAT32 = new Tolerance(1e-5, 1e-4);

    /** Gradients sum over more terms. */
    public static final Tolerance GRADIENT = new Tolerance(2e-5, 2e-4);

    /** After several optimiser steps; the reference allows 1e-3 there. */
    public static final Tolerance TRAINED = new Tolerance(1e-5, 1e-3);

    /** Integers, strings and booleans. */
    public static final Tolerance EXACT = new Tolerance(0, 0);
}
