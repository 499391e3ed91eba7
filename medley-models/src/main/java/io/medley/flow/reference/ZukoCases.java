package io.medley.flow.reference;

import io.medley.flow.Activation;
import io.medley.flow.Affine;
import io.medley.flow.Autoregressive;
import io.medley.flow.Base;
import io.medley.flow.Bijector;
import io.medley.flow.Composite;
import io.medley.flow.Coupling;
import io.medley.flow.Elementwise;
import io.medley.flow.Flow;
import io.medley.flow.MaskedMlp;
import io.medley.flow.Mlp;
import io.medley.flow.ParameterLayout;
import io.medley.flow.RationalQuadraticSpline;
import io.medley.flow.ScaleMap;
import io.medley.flow.Split;
import io.medley.model.reference.Comparison;
import io.medley.nn.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** zuko: whole flows with context; forward leads from data to noise. */
final class ZukoCases {
    /** zuko's default interval of splines. */
    private static final double BOUND = 5;

    private static final Elementwise AFFINE = new Affine(ScaleMap.SOFT_CLIP, false);

    static final Map<String, FlowReplay.Cases> CLASSES = Map.of(
            "zuko.flows.coupling.NICE", (loaded, results) -> run(loaded, results, ZukoCases::coupling),
            "zuko.flows.coupling.RealNVP", (loaded, results) -> run(loaded, results, ZukoCases::coupling),
            "zuko.flows.autoregressive.MAF", (loaded, results) -> run(loaded, results, ZukoCases::affine),
            "zuko.flows.spline.NSF", (loaded, results) -> run(loaded, results, ZukoCases::spline));

    private interface Layer {
        Bijector of(Loaded loaded, Weights weights, String name);
    }

    private ZukoCases() {}

    private static void run(Loaded loaded, Comparison results, Layer layer) {
        var weights = loaded.weights();
        List<Bijector> parts = new ArrayList<>();
        int count = loaded.count("transform.transforms.", ".hyper.0.weight");
        for (int i = 0; i < count; i++) {
            parts.add(layer.of(loaded, weights, "transform.transforms." + i));
        }
        var flow = new Flow(
                new Composite(parts), new Base.FixedNormal(loaded.tensor("base.loc"), loaded.tensor("base.scale")));
        weights.parameters().values().forEach(p -> p.requiresGrad(true));
        var x = results.input("x");
        var context = results.input("context");
        var mapped = flow.toNoise().forward(x, context);
        results.check("z", mapped.value());
        results.check("ladj", mapped.logDet());
        results.check(
                "inverse_of_z", flow.toNoise().inverse(mapped.value(), context).value());
        var logDensity = flow.logDensity(x, context);
        results.check("log_prob", logDensity);
        logDensity.mean().neg().backward();
        LayerCases.checkGradients(results, weights, "nll.");
    }

    /** What zuko calls NICE is affine, too. */
    private static Bijector coupling(Loaded loaded, Weights weights, String name) {
        var mask = loaded.tensor(name + ".mask").toLongs();
        var flags = new boolean[mask.length];
        for (int i = 0; i < mask.length; i++) {
            flags[i] = mask[i] != 0;
        }
        var sizes = new ArrayList<Integer>();
        sizes.add(loaded.size(name + ".hyper.0.weight", 1));
        sizes.addAll(hidden(loaded, name));
        sizes.add(loaded.size(name + ".hyper." + 2 * (sizes.size() - 1) + ".weight", 0));
        var network = new Mlp(
                weights.at(name + ".hyper"),
                Activation.RELU,
                false,
                sizes.stream().mapToInt(Integer::intValue).toArray());
        return new Coupling(new Split.Chosen(flags), network, AFFINE, ParameterLayout.BY_ELEMENT);
    }

    private static Bijector affine(Loaded loaded, Weights weights, String name) {
        return autoregressive(loaded, weights, name, AFFINE);
    }

    private static Bijector spline(Loaded loaded, Weights weights, String name) {
        int last = 2 * hidden(loaded, name).size();
        int perFeature = loaded.size(name + ".hyper." + last + ".weight", 0) / loaded.size(name + ".order", 0);
        var form = RationalQuadraticSpline.Form.SOFT_CLIPPED;
        return autoregressive(loaded, weights, name, new RationalQuadraticSpline((perFeature + 1) / 3, BOUND, form, 1));
    }

    private static Bijector autoregressive(Loaded loaded, Weights weights, String name, Elementwise function) {
        var order = Arrays.stream(loaded.tensor(name + ".order").toLongs())
                .mapToInt(Math::toIntExact)
                .toArray();
        int context = loaded.size(name + ".hyper.0.weight", 1) - order.length;
        var hidden = hidden(loaded, name).stream().mapToInt(Integer::intValue).toArray();
        return new Autoregressive(
                new MaskedMlp(weights.at(name + ".hyper"), order, context, hidden, function.parameters()), function);
    }

    /** Sizes of all layers but the last. */
    private static List<Integer> hidden(Loaded loaded, String name) {
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; loaded.has(name + ".hyper." + (i + 2) + ".weight"); i += 2) {
            sizes.add(loaded.size(name + ".hyper." + i + ".weight", 0));
        }
        return sizes;
    }
}
