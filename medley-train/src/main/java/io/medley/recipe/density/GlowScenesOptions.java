package io.medley.recipe.density;

import io.medley.flow.GlowConfig;
import io.medley.train.Recipe;
import tools.jackson.databind.node.ObjectNode;

/**
 * A training of Glow on the drawn world.
 *
 * @param imageSize side of the pictures in pixels, divisible by 2 once per level
 * @param levels L
 * @param depth steps per level, K
 * @param width hidden channels of the couplings' networks
 * @param steps optimizer steps
 * @param batch pictures a step
 * @param learningRate at its peak; it rises over the first steps and falls to 5 % along a cosine
 * @param seed of weights and noise
 */
public record GlowScenesOptions(
        int imageSize, int levels, int depth, int width, int steps, int batch, double learningRate, long seed) {
    /** A network that learns for minutes. */
    public static final GlowScenesOptions DEFAULT = new GlowScenesOptions(32, 3, 4, 48, 1200, 16, 2e-3, 1);

    private static final int MOST_PICTURES = 4096;

    public GlowScenesOptions {
        config(imageSize, levels, depth, width); // refuses sizes that cannot be
        DensityOptions.checkSteps(steps, batch, MOST_PICTURES, learningRate);
    }

    GlowConfig config() {
        return config(imageSize, levels, depth, width);
    }

    private static GlowConfig config(int imageSize, int levels, int depth, int width) {
        return new GlowConfig(3, imageSize, levels, depth, width);
    }

    /** As recipes and {@code config.json} hold it. */
    ObjectNode toJson() {
        return Recipe.tree(this).put("kind", GlowScenesKind.NAME);
    }
}
