package io.medley.flow.reference;

import io.medley.flow.ActNorm;
import io.medley.flow.Activation;
import io.medley.flow.Affine;
import io.medley.flow.Base;
import io.medley.flow.Bijector;
import io.medley.flow.Composite;
import io.medley.flow.Coupling;
import io.medley.flow.DiagonalAffine;
import io.medley.flow.Elementwise;
import io.medley.flow.Flow;
import io.medley.flow.GlowStep;
import io.medley.flow.MaskedAffine;
import io.medley.flow.Mixing;
import io.medley.flow.Mlp;
import io.medley.flow.MultiScale;
import io.medley.flow.ParameterLayout;
import io.medley.flow.Planar;
import io.medley.flow.Radial;
import io.medley.flow.ScaleMap;
import io.medley.flow.Shift;
import io.medley.flow.Split;
import io.medley.flow.SquareMatrix;
import io.medley.flow.Squeeze;
import io.medley.model.reference.Comparison;
import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** normflows: forward leads from noise to data. */
final class NormflowsCases {
    private static final String FLOWS = "normflows.flows.";

    static final Map<String, FlowReplay.Cases> CLASSES = Map.ofEntries(
            layer("planar.Planar", NormflowsCases::planar),
            layer("radial.Radial", (l, w) -> new Radial(w, l.size("z_0", 1))),
            layer(
                    "affine.coupling.AffineConstFlow",
                    (l, w) -> DiagonalAffine.of(w, l.size("s", 1), !l.name().contains("nice"))),
            layer("affine.coupling.MaskedAffineFlow", NormflowsCases::masked),
            Map.entry(FLOWS + "affine.coupling.AffineCouplingBlock", NormflowsCases::coupling),
            Map.entry(FLOWS + "affine.glow.GlowBlock", NormflowsCases::glowBlock),
            layer("mixing.Invertible1x1Conv", (l, w) -> new Mixing(matrix(l, w), null).inverted()),
            layer("mixing.InvertibleAffine", (l, w) -> new Mixing(matrix(l, w).transposed(), null).inverted()),
            Map.entry(FLOWS + "normalization.ActNorm", NormflowsCases::actNorm),
            Map.entry(FLOWS + "reshape.Split", NormflowsCases::split),
            Map.entry(FLOWS + "reshape.Squeeze", NormflowsCases::squeeze),
            Map.entry("normflows.core.MultiscaleFlow", NormflowsCases::multiScale));

    private NormflowsCases() {}

    private static Map.Entry<String, FlowReplay.Cases> layer(
            String name, BiFunction<Loaded, Weights, Bijector> constructor) {
        return Map.entry(FLOWS + name, (loaded, results) -> {
            var weights = loaded.weights();
            LayerCases.check(results, loaded, weights, constructor.apply(loaded, weights), "");
        });
    }

    /** The nonlinearity is not stored; directories of the leaky one say so in their name. */
    private static Planar planar(Loaded loaded, Weights weights) {
        boolean leaky = loaded.name().contains("leaky");
        return new Planar(weights, loaded.size("w", 1), leaky ? Planar.Activation.LEAKY_RELU : Planar.Activation.TANH);
    }

    private static Bijector masked(Loaded loaded, Weights weights) {
        var shape = loaded.tensor("b").shape();
        return new MaskedAffine(
                weights, Init.ONES, shape, mlp(loaded, weights, "s.net"), mlp(loaded, weights, "t.net"));
    }

    private static Mlp mlp(Loaded loaded, Weights weights, String prefix) {
        List<Integer> sizes = new ArrayList<>();
        sizes.add(loaded.size(prefix + ".0.weight", 1));
        for (int i = 0; loaded.has(prefix + "." + i + ".weight"); i += 2) {
            sizes.add(loaded.size(prefix + "." + i + ".weight", 0));
        }
        return new Mlp(
                weights.at(prefix),
                Activation.TANH,
                false,
                sizes.stream().mapToInt(Integer::intValue).toArray());
    }

    private static void coupling(Loaded loaded, Comparison results) {
        var weights = loaded.weights();
        var split = splitNamed(loaded.cases().path("split_mode").asString("channel"));
        var net = "flows.1.param_map.net";
        int changed = split.second(Math.toIntExact(results.input("in").size(1)));
        boolean additive = loaded.size(net + ".2.weight", 0) == changed;
        Elementwise function = additive ? new Shift() : new Affine(scaleNamed(loaded.name()), false);
        var layer = new Coupling(split, mlp(loaded, weights, net), function, ParameterLayout.BY_ELEMENT);
        LayerCases.check(results, loaded, weights, layer, "");
    }

    private static void glowBlock(Loaded loaded, Comparison results) {
        var config = loaded.cases().path("config");
        var weights = loaded.weights();
        var options = new GlowStep.Options(
                config.path("channels").asInt(),
                config.path("hidden_channels").asInt(),
                scaleNamed(config.path("scale_map").asString()),
                splitNamed(config.path("split_mode").asString()),
                config.path("use_lu").asBoolean(),
                config.path("leaky").asDouble());
        LayerCases.check(results, loaded, weights, GlowStep.of(weights, options), "");
    }

    /** A scale by its normflows name, or by a directory name that ends in it. */
    private static ScaleMap scaleNamed(String name) {
        if (name.endsWith("sigmoid_inv")) {
            return ScaleMap.SIGMOID_INV;
        }
        return name.endsWith("sigmoid") ? ScaleMap.SIGMOID : ScaleMap.EXP;
    }

    /** A split by its normflows name, or by a directory name that ends in it. */
    private static Split splitNamed(String name) {
        boolean swapped = name.endsWith("_inv");
        if (name.contains("checkerboard")) {
            return new Split.Checkerboard(swapped);
        }
        if (name.contains("channel")) {
            return new Split.Channels(swapped);
        }
        throw new MedleyException(name + ": names no split; expected channel or checkerboard, with or without _inv");
    }

    private static SquareMatrix matrix(Loaded loaded, Weights weights) {
        return loaded.has("W")
                ? new SquareMatrix.Plain(weights, loaded.size("W", 0))
                : new SquareMatrix.Plu(weights, loaded.size("L", 0));
    }

    private static void actNorm(Loaded loaded, Comparison results) {
        int channels = loaded.size("s", 1);
        int dims = loaded.tensor("s").dim();
        var weights = loaded.weights();
        var layer = ActNorm.of(weights, channels, dims);
        LayerCases.check(results, loaded, weights, layer, "initialised.");
        results.part("data_dependent_init", () -> start(results, channels, dims, "data_dependent_init.", true));
        results.part(
                "data_dependent_init_inverse",
                () -> start(results, channels, dims, "data_dependent_init_inverse.", false));
    }

    private static void start(Comparison results, int channels, int dims, String prefix, boolean forward) {
        var weights = Weights.random(0);
        var layer = forward
                ? ActNorm.of(weights, channels, dims)
                : ActNorm.of(weights, channels, dims).inverted();
        var batch = results.input("data_dependent_init.in");
        layer.initialize(batch, null);
        var mapped = layer.forward(batch);
        results.check(prefix + "out", mapped.value());
        results.check(prefix + "log_det", LayerCases.likeStored(results, prefix + "log_det", mapped));
        weights.parameters().forEach((name, value) -> results.check(prefix + "after." + name, value));
        weights.buffers().forEach((name, value) -> results.check(prefix + "after." + name, value));
    }

    private static void split(Loaded loaded, Comparison results) {
        var split = splitNamed(loaded.name());
        var halves = split.split(results.input("in"));
        results.check("z1", halves.first());
        results.check("z2", halves.second());
        results.check("inverse", split.merge(halves.first(), halves.second()));
    }

    private static void squeeze(Loaded loaded, Comparison results) {
        var upstream = new Squeeze(2).inverted();
        results.check("forward", upstream.forward(results.input("in")).value());
        results.check("inverse", upstream.inverse(results.input("in")).value());
    }

    /** Levels count from the noise upstream, and from data here. */
    private static void multiScale(Loaded loaded, Comparison results) {
        var weights = loaded.weights();
        int count = loaded.count("q0.", ".loc");
        List<Bijector> levels = new ArrayList<>();
        List<Split> splits = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<long[]> shapes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("q0." + i);
            var shape = loaded.tensor("q0." + i + ".loc").shape();
            shapes.add(Arrays.copyOfRange(shape, 1, shape.length));
            levels.add(0, level(loaded, weights, "flows." + i + "."));
            if (i > 0) {
                splits.add(new Split.Channels(false));
            }
        }
        var base = new Base.DiagonalNormal(weights, names, shapes);
        java.util.Collections.reverse(shapes);
        var toNoise = new MultiScale(levels, splits, shapes);
        weights.parameters().values().forEach(p -> p.requiresGrad(true));
        var x = results.input("x");
        var mapped = toNoise.forward(x);
        var logDensity = new Flow(toNoise, base).logDensity(x);
        results.check("log_prob", logDensity);
        results.check("log_det", mapped.logDet());
        List<Tensor> parts = toNoise.parts(mapped.value());
        for (int i = 0; i < count; i++) {
            results.check("z." + i, parts.get(i));
        }
        results.check("forward_of_z", toNoise.inverse(mapped.value()).value());
        logDensity.mean().neg().backward();
        LayerCases.checkGradients(results, weights, "nll.");
    }

    private static Bijector level(Loaded loaded, Weights weights, String prefix) {
        List<Bijector> parts = new ArrayList<>();
        int blocks = loaded.count(prefix, ".flows.2.s");
        for (int i = 0; i < blocks; i++) {
            var block = prefix + i;
            int channels = loaded.size(block + ".flows.2.s", 1);
            int hidden = loaded.size(block + ".flows.0.flows.1.param_map.net.0.weight", 0);
            parts.add(GlowStep.of(
                    weights.at(block),
                    new GlowStep.Options(channels, hidden, ScaleMap.SIGMOID, new Split.Channels(false), true, 0)));
        }
        parts.add(new Squeeze(2).inverted());
        return new Composite(parts).inverted();
    }
}
