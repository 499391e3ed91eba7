package io.medley.flow.reference;

import io.medley.flow.ActNorm;
import io.medley.flow.Affine;
import io.medley.flow.Autoregressive;
import io.medley.flow.Base;
import io.medley.flow.BatchNormalization;
import io.medley.flow.Bijector;
import io.medley.flow.Composite;
import io.medley.flow.Coupling;
import io.medley.flow.Elementwise;
import io.medley.flow.Flow;
import io.medley.flow.LeakyRelu;
import io.medley.flow.LinearFlows;
import io.medley.flow.Made;
import io.medley.flow.Mixing;
import io.medley.flow.ParameterLayout;
import io.medley.flow.Permutation;
import io.medley.flow.PointwiseAffine;
import io.medley.flow.QuadraticSpline;
import io.medley.flow.RationalQuadraticSpline;
import io.medley.flow.ResidualNet;
import io.medley.flow.ScaleMap;
import io.medley.flow.Shift;
import io.medley.flow.Sigmoid;
import io.medley.flow.Split;
import io.medley.flow.SquareMatrix;
import io.medley.flow.Squeeze;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.Tolerance;
import io.medley.nn.Init;
import io.medley.nn.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** nflows: forward leads from data to noise. */
final class NflowsCases {
    private static final String TRANSFORMS = "nflows.transforms.";

    static final Map<String, FlowReplay.Cases> CLASSES = Map.ofEntries(
            Map.entry(TRANSFORMS + "normalization.ActNorm", NflowsCases::actNorm),
            layer("normalization.BatchNorm", (l, w) -> new BatchNormalization(w, l.size("bias", 0))),
            layer("coupling.AdditiveCouplingTransform", (l, w) -> coupling(l, w, "", new Shift())),
            layer("coupling.AffineCouplingTransform", (l, w) -> coupling(l, w, "", new Affine(scaleMap(l), false))),
            layer(
                    "coupling.PiecewiseQuadraticCouplingTransform",
                    (l, w) -> coupling(l, w, "", new QuadraticSpline(bins(l), bound(l), divisor(l)))),
            layer(
                    "coupling.PiecewiseRationalQuadraticCouplingTransform",
                    (l, w) -> coupling(
                            l,
                            w,
                            "",
                            new RationalQuadraticSpline(
                                    bins(l), bound(l), RationalQuadraticSpline.Form.FLOORED, divisor(l)))),
            layer("autoregressive.MaskedAffineAutoregressiveTransform", NflowsCases::autoregressive),
            layer(
                    "standard.PointwiseAffineTransform",
                    (l, w) -> new PointwiseAffine(
                            l.tensor("_scale").item(), l.tensor("_shift").item())),
            Map.entry(TRANSFORMS + "nonlinearities.LeakyReLU", NflowsCases::leakyRelu),
            layer(
                    "nonlinearities.Sigmoid",
                    (l, w) -> new Sigmoid(l.tensor("temperature").item())),
            layer("lu.LULinear", (l, w) -> LinearFlows.lu(w, l.size("bias", 0))),
            layer("qr.QRLinear", (l, w) -> LinearFlows.qr(w, l.size("bias", 0), l.size("orthogonal.q_vectors", 0))),
            layer(
                    "svd.SVDLinear",
                    (l, w) -> LinearFlows.svd(w, l.size("bias", 0), l.size("orthogonal_1.q_vectors", 0))),
            layer("conv.OneByOneConvolution", NflowsCases::convolution),
            layer("permutations.ReversePermutation", (l, w) -> permutation(l, "")),
            Map.entry(TRANSFORMS + "reshape.SqueezeTransform", NflowsCases::squeeze),
            Map.entry("nflows.flows.base.Flow", NflowsCases::flow));

    private NflowsCases() {}

    private static Map.Entry<String, FlowReplay.Cases> layer(
            String name, BiFunction<Loaded, Weights, Bijector> constructor) {
        return Map.entry(TRANSFORMS + name, (loaded, results) -> {
            var weights = loaded.weights();
            LayerCases.check(results, loaded, weights, constructor.apply(loaded, weights), "");
        });
    }

    /** Either a layer at work, or the call that starts it: then the stored state is what that call leaves behind. */
    private static void actNorm(Loaded loaded, Comparison results) {
        int channels = loaded.size("log_scale", 0);
        if (results.has("grad_weight0")) {
            var weights = loaded.weights();
            LayerCases.check(results, loaded, weights, ActNorm.nflows(weights, channels), "");
            return;
        }
        var weights = Weights.random(0);
        var layer = ActNorm.nflows(weights, channels);
        layer.initialize(results.input("in"), null);
        var mapped = layer.forward(results.input("in"));
        results.check("out", mapped.value());
        results.check("log_det", mapped.logDet());
        for (var name : List.of("log_scale", "shift")) {
            results.compare(name, loaded.tensor(name), weights.parameter(name), Tolerance.FLOAT32);
        }
    }

    private static Coupling coupling(Loaded loaded, Weights weights, String prefix, Elementwise function) {
        var net = prefix + "transform_net.";
        var network = new ResidualNet(
                weights.at(net.substring(0, net.length() - 1)),
                loaded.size(net + "initial_layer.weight", 1),
                loaded.size(net + "initial_layer.weight", 0),
                loaded.count(net + "blocks.", ".linear_layers.0.weight"),
                loaded.size(net + "final_layer.weight", 0));
        var stays = loaded.tensor(prefix + "identity_features").toLongs();
        var flags = new boolean[stays.length + loaded.size(prefix + "transform_features", 0)];
        for (long i : stays) {
            flags[Math.toIntExact(i)] = true;
        }
        // Splines read their parameters element by element, affine couplings one kind after the other.
        var layout = function instanceof Affine ? ParameterLayout.BY_PARAMETER : ParameterLayout.BY_ELEMENT;
        return new Coupling(new Split.Chosen(flags), network, function, layout);
    }

    /** Which activation gave the scale is not stored; directories of the general one say so in their name. */
    private static ScaleMap scaleMap(Loaded loaded) {
        return loaded.name().contains("general") ? ScaleMap.SOFTPLUS_CLAMPED : ScaleMap.SIGMOID_FLOOR;
    }

    private static int bins(Loaded loaded) {
        return loaded.cases().path("kwargs").path("num_bins").asInt();
    }

    private static double bound(Loaded loaded) {
        return loaded.cases().path("kwargs").path("tail_bound").asDouble();
    }

    private static double divisor(Loaded loaded) {
        return Math.sqrt(loaded.size("transform_net.initial_layer.weight", 0));
    }

    private static Bijector autoregressive(Loaded loaded, Weights weights) {
        boolean residual = loaded.has("autoregressive_net.blocks.0.linear_layers.0.weight");
        int features = loaded.size("autoregressive_net.initial_layer.weight", 1);
        var network = new Made(
                weights.at("autoregressive_net"),
                features,
                loaded.size("autoregressive_net.initial_layer.weight", 0),
                loaded.count("autoregressive_net.blocks.", residual ? ".linear_layers.0.weight" : ".linear.weight"),
                loaded.size("autoregressive_net.final_layer.weight", 0) / features,
                residual);
        return new Autoregressive(network, new Affine(ScaleMap.SOFTPLUS, true));
    }

    private static Bijector convolution(Loaded loaded, Weights weights) {
        int channels = loaded.size("bias", 0);
        return Composite.of(
                permutation(loaded, "permutation."),
                new Mixing(
                        new SquareMatrix.LuEntries(weights, channels),
                        weights.parameter("bias", Init.ZEROS, channels)));
    }

    private static Permutation permutation(Loaded loaded, String prefix) {
        return new Permutation(loaded.tensor(prefix + "_permutation").toLongs());
    }

    /** The slope is not stored: one negative element tells it, and all others have to agree. */
    private static void leakyRelu(Loaded loaded, Comparison results) {
        var in = results.input("in").toDoubles();
        var out = results.input("out").toDoubles();
        int negative = 0;
        while (in[negative] >= 0) {
            negative++;
        }
        LayerCases.check(results, loaded, loaded.weights(), new LeakyRelu(out[negative] / in[negative]), "");
    }

    private static void squeeze(Loaded loaded, Comparison results) {
        int factor = Math.toIntExact(
                results.input("in").size(2) / results.input("grad_weight0").size(2));
        LayerCases.check(results, loaded, loaded.weights(), new Squeeze(factor), "");
    }

    /** A flow of permutations, affine couplings and linear maps over a standard normal distribution. */
    private static void flow(Loaded loaded, Comparison results) {
        var weights = loaded.weights();
        List<Bijector> parts = new ArrayList<>();
        for (int i = 0; parts.size() == i; i++) {
            part(loaded, weights, "_transform._transforms." + i + ".", parts);
        }
        var input = results.input("in");
        var flow = new Flow(new Composite(parts), new Base.StandardNormal(input.size(1)));
        weights.parameters().values().forEach(p -> p.requiresGrad(true));
        var logDensity = flow.logDensity(input);
        var nll = logDensity.mean().neg();
        results.check("log_prob", logDensity);
        results.check("nll", nll);
        results.check("noise", flow.toNoise().forward(input).value());
        results.check(
                "sample.out",
                flow.toNoise().inverse(results.input("sample.noise")).value());
        nll.backward();
        LayerCases.checkGradients(results, weights, "nll.");
    }

    private static void part(Loaded loaded, Weights weights, String prefix, List<Bijector> parts) {
        var here = weights.at(prefix.substring(0, prefix.length() - 1));
        if (loaded.has(prefix + "_permutation")) {
            parts.add(permutation(loaded, prefix));
        } else if (loaded.has(prefix + "identity_features")) {
            parts.add(coupling(loaded, weights, prefix, new Affine(scaleMap(loaded), false)));
        } else if (loaded.has(prefix + "lower_entries")) {
            parts.add(LinearFlows.lu(here, loaded.size(prefix + "bias", 0)));
        }
    }
}
