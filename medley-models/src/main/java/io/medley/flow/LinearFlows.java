package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;

/** Linear maps of (B, D) put together from simpler ones, under nflows' names. */
public final class LinearFlows {
    private static final double FLOOR = 1e-3;

    private LinearFlows() {}

    /** W·x + bias with W = L·U: {@code LULinear}. */
    public static Bijector lu(Weights weights, int features) {
        return new Mixing(
                new SquareMatrix.LuEntries(weights, features), weights.parameter("bias", Init.ZEROS, features));
    }

    /** Q·R·x + bias with Q a product of reflections: {@code QRLinear}. */
    public static Bijector qr(Weights weights, int features, int reflections) {
        return Composite.of(
                new Mixing(new SquareMatrix.UpperTriangular(weights, features), null),
                new Householder(weights.at("orthogonal"), reflections, features),
                DiagonalAffine.translation(weights.parameter("bias", Init.ZEROS, features)));
    }

    /** U·S·V·x + bias with U and V products of reflections and S = softplus(s) + 0.001: {@code SVDLinear}. */
    public static Bijector svd(Weights weights, int features, int reflections) {
        var diagonal =
                weights.parameter("unconstrained_diagonal", Init.constant(Math.log(Math.exp(1 - FLOOR) - 1)), features);
        var bias = weights.parameter("bias", Init.ZEROS, features);
        return Composite.of(
                new Householder(weights.at("orthogonal_2"), reflections, features),
                new DiagonalAffine(() -> diagonal.softplus().add(FLOOR).log(), () -> diagonal.mul(0)),
                new Householder(weights.at("orthogonal_1"), reflections, features),
                DiagonalAffine.translation(bias));
    }
}
