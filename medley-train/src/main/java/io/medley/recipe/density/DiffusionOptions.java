package io.medley.recipe.density;

import io.medley.diffusion.DiffusionSystem;
import io.medley.tensor.MedleyException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A training of a diffusion or flow model on points.
 *
 * @param data a name {@link ToyData} knows
 * @param system a name {@link DiffusionSystem} knows
 * @param coupling independent or ot (minibatch optimal transport)
 * @param steps optimizer steps
 * @param batch points a step
 * @param learningRate peak
 * @param width of the network's layers
 * @param depth number of residual layers
 * @param seed of weights and batches
 */
public record DiffusionOptions(
        String data,
        String system,
        String coupling,
        int steps,
        int batch,
        double learningRate,
        int width,
        int depth,
        long seed) {
    /** Settings that learn the toy densities in a minute. */
    public static final DiffusionOptions DEFAULT =
            new DiffusionOptions("moons", "flow-matching", "independent", 4000, 256, 2e-3, 64, 3, 1);

    public DiffusionOptions {
        var knownData = ToyData.named(data);
        var knownSystem = DiffusionSystem.named(system);
        if (!coupling.equals("independent") && !coupling.equals("ot")) {
            throw new MedleyException("coupling '" + coupling + "' is not known; there are: independent, ot");
        }
        if (steps < 1 || batch < 2 || batch > 1 << 16 || !(learningRate > 0) || width < 1 || depth < 0) {
            throw new MedleyException("density: steps " + steps + ", batch " + batch + ", learning rate " + learningRate
                    + ", width " + width + " and depth " + depth + " of " + knownData.name() + " by "
                    + knownSystem.name() + " are not usable");
        }
    }

    public DiffusionOptions withSteps(int steps) {
        return new DiffusionOptions(data, system, coupling, steps, batch, learningRate, width, depth, seed);
    }

    public DiffusionOptions with(String data, String system) {
        return new DiffusionOptions(data, system, coupling, steps, batch, learningRate, width, depth, seed);
    }

    public DiffusionOptions withCoupling(String coupling) {
        return new DiffusionOptions(data, system, coupling, steps, batch, learningRate, width, depth, seed);
    }

    public DiffusionOptions withSeed(long seed) {
        return new DiffusionOptions(data, system, coupling, steps, batch, learningRate, width, depth, seed);
    }

    /** As {@code config.json} and {@code recipe.yaml} hold it. */
    public ObjectNode toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("data", data)
                .put("system", system)
                .put("coupling", coupling)
                .put("steps", steps)
                .put("batch", batch)
                .put("learningRate", learningRate)
                .put("width", width)
                .put("depth", depth)
                .put("seed", seed);
    }

    /** What {@link #toJson} wrote. */
    public static DiffusionOptions of(JsonNode json) {
        return new DiffusionOptions(
                json.path("data").asString(""),
                json.path("system").asString(""),
                json.path("coupling").asString(""),
                json.path("steps").asInt(0),
                json.path("batch").asInt(0),
                json.path("learningRate").asDouble(0),
                json.path("width").asInt(0),
                json.path("depth").asInt(0),
                json.path("seed").asLong(0));
    }
}
