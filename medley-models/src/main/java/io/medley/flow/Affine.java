package io.medley.flow;

import io.medley.tensor.Tensor;

/**
 * x·scale + shift.
 *
 * @param map from the network's output to the scale
 * @param scaleFirst whether the scale is the first of the two parameters
 */
public record Affine(ScaleMap map, boolean scaleFirst) implements Elementwise {

    @Override
    public int parameters() {
        return 2;
    }

    @Override
    public Curve forward(Tensor x, Tensor parameters) {
        var logScale = logScale(parameters);
        return new Curve(x.mul(logScale.exp()).add(shift(parameters)), logScale);
    }

    @Override
    public Curve inverse(Tensor y, Tensor parameters) {
        var logScale = logScale(parameters).neg();
        return new Curve(y.sub(shift(parameters)).mul(logScale.exp()), logScale);
    }

    private Tensor logScale(Tensor parameters) {
        return map.logScale(parameters.select(2, scaleFirst ? 0 : 1));
    }

    private Tensor shift(Tensor parameters) {
        return parameters.select(2, scaleFirst ? 1 : 0);
    }
}
