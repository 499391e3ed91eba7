package io.medley.flow;

import io.medley.tensor.Tensor;

/** In which order a network gives the P parameters of C elements as C·P channels. */
public enum ParameterLayout {
    /** All parameters of the first element, then those of the second: normflows, zuko, nflows' splines. */
    BY_ELEMENT,
    /** The first parameter of all elements, then the second: nflows' affine couplings. */
    BY_PARAMETER;

    /** (B, C·P, …) → (B, C, P, …). */
    Tensor arrange(Tensor output, int parameters) {
        var shape = output.shape();
        var split = new long[shape.length + 1];
        System.arraycopy(shape, 0, split, 0, 1);
        System.arraycopy(shape, 2, split, 3, shape.length - 2);
        long elements = shape[1] / parameters;
        split[1] = this == BY_ELEMENT ? elements : parameters;
        split[2] = this == BY_ELEMENT ? parameters : elements;
        var arranged = output.reshape(split);
        return this == BY_ELEMENT ? arranged : arranged.transpose(1, 2);
    }
}
