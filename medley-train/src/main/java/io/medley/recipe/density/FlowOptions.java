package io.medley.recipe.density;

import io.medley.flow.FlowConfig;
import io.medley.flow.GlowVectorConfig;
import io.medley.flow.NiceConfig;
import io.medley.flow.PlanarConfig;
import io.medley.flow.RadialConfig;
import io.medley.flow.RealNvpConfig;
import io.medley.flow.SplineConfig;
import io.medley.tensor.MedleyException;
import java.util.List;

/**
 * A training of a normalizing flow on points.
 *
 * @param data a name {@link ToyData} knows
 * @param model planar, radial, nice, realnvp, glow or spline
 * @param fit what is learnt from
 * @param layers maps, couplings or steps
 * @param width of the hidden layers of couplings; planar and radial maps have none
 * @param depth number of those layers
 * @param steps optimizer steps
 * @param batch points a step
 * @param learningRate at its peak; it rises over the first steps and falls to 1 % along a cosine
 * @param anneal fits to an energy only: the part of the steps over which the energy rises to its full strength
 * @param seed of weights and batches
 */
public record FlowOptions(
        String data,
        String model,
        Fit fit,
        int layers,
        int width,
        int depth,
        int steps,
        int batch,
        double learningRate,
        double anneal,
        long seed)
        implements DensityOptions {
    /** What a flow learns from. */
    public enum Fit {
        /** Maximum likelihood of samples. */
        SAMPLES,
        /** The free energy E[ln q + U] of its own samples, as Rezende and Mohamed (2015) do; for data {@code ring}. */
        ENERGY
    }

    /** The models, as the command line calls them. */
    public static final List<String> MODELS = List.of("planar", "radial", "nice", "realnvp", "glow", "spline");

    /** Settings that learn the toy densities in a minute. */
    public static final FlowOptions DEFAULT =
            new FlowOptions("moons", "realnvp", Fit.SAMPLES, 8, 64, 2, 2500, 256, 2e-3, 0, 1);

    public FlowOptions {
        var known = DensityOptions.check(data, steps, batch, learningRate);
        if (fit == Fit.ENERGY && !(known instanceof Ring)) {
            throw new MedleyException("fit energy needs data ring, whose energy is known; got data " + data);
        }
        if (!(anneal >= 0 && anneal <= 1)) {
            throw new MedleyException("anneal " + anneal + ": is a part of the steps; give 0 to 1");
        }
        config(model, layers, width, depth); // refuses sizes that cannot be
    }

    @Override
    public String kind() {
        return DensityKind.FLOW;
    }

    /** The flow these options describe. */
    public FlowConfig config() {
        return config(model, layers, width, depth);
    }

    private static FlowConfig config(String model, int layers, int width, int depth) {
        return switch (model) {
            case "planar" -> new PlanarConfig(2, layers);
            case "radial" -> new RadialConfig(2, layers);
            case "nice" -> new NiceConfig(2, layers, width, depth, false);
            case "realnvp" -> new RealNvpConfig(2, layers, width, depth);
            case "glow" -> new GlowVectorConfig(2, layers, width, depth);
            case "spline" -> new SplineConfig(2, layers, width, depth);
            default ->
                throw new MedleyException("flow '" + model + "' is not known; there are: " + String.join(", ", MODELS));
        };
    }
}
