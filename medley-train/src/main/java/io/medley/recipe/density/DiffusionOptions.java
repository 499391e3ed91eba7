package io.medley.recipe.density;

import io.medley.diffusion.Coupling;
import io.medley.diffusion.DiffusionSystem;
import io.medley.tensor.MedleyException;

/**
 * A training of diffusion, score matching, flow matching or rectified flow on points.
 *
 * @param data a name {@link ToyData} knows
 * @param model a name {@link DiffusionSystem} knows
 * @param coupling independent or ot (minibatch optimal transport)
 * @param steps optimizer steps
 * @param batch points a step
 * @param learningRate at its peak; it rises over the first steps and falls to 2 % along a cosine
 * @param width of the network's layers
 * @param depth number of residual layers
 * @param seed of weights and batches
 */
public record DiffusionOptions(
        String data,
        String model,
        String coupling,
        int steps,
        int batch,
        double learningRate,
        int width,
        int depth,
        long seed)
        implements DensityOptions {
    /** Settings that learn the toy densities in a minute. */
    public static final DiffusionOptions DEFAULT =
            new DiffusionOptions("moons", "flow-matching", "independent", 4000, 256, 2e-3, 64, 3, 1);

    public DiffusionOptions {
        DensityOptions.check(data, steps, batch, learningRate);
        DiffusionSystem.named(model); // refuses unknown names
        if (!coupling.equals("independent") && !coupling.equals("ot")) {
            throw new MedleyException("coupling '" + coupling + "' is not known; there are: independent, ot");
        }
        if (width < 1 || width > 1 << 16 || depth < 0 || depth > 1000) {
            throw new MedleyException(
                    "width " + width + " and depth " + depth + ": give 1 to 65536 and 0 to 1000 layers");
        }
    }

    @Override
    public String kind() {
        return DensityKind.DIFFUSION;
    }

    /** Which noise meets which data. */
    Coupling pairing() {
        return coupling.equals("ot") ? Coupling.OPTIMAL_TRANSPORT : Coupling.AS_GIVEN;
    }

    public DiffusionOptions with(String data, String model) {
        return new DiffusionOptions(data, model, coupling, steps, batch, learningRate, width, depth, seed);
    }

    public DiffusionOptions withSteps(int steps) {
        return new DiffusionOptions(data, model, coupling, steps, batch, learningRate, width, depth, seed);
    }

    public DiffusionOptions withSeed(long seed) {
        return new DiffusionOptions(data, model, coupling, steps, batch, learningRate, width, depth, seed);
    }
}
