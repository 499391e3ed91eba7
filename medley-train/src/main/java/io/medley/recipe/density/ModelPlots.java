package io.medley.recipe.density;

import io.medley.tensor.Generator;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@link PointModel} has learnt, to look at. */
public final class ModelPlots {
    private static final int SIDE = 70;

    private ModelPlots() {}

    /**
     * What was drawn, and how it looks.
     *
     * @param points samples (count, 2)
     * @param energyDistance between them and as many fresh data
     * @param samples over fresh data
     * @param trajectories from noise to data
     * @param density the learnt one
     */
    public record Drawn(
            Tensor points,
            double energyDistance,
            BufferedImage samples,
            BufferedImage trajectories,
            BufferedImage density) {
        /** Writes {@code samples.png}, {@code trajectories.png} and {@code density.png}. */
        public void write(Path folder) throws IOException {
            PointPlots.write(samples, folder.resolve("samples.png"));
            PointPlots.write(trajectories, folder.resolve("trajectories.png"));
            PointPlots.write(density, folder.resolve("density.png"));
        }
    }

    /**
     * Draws samples, their ways and the density.
     *
     * @param title of the pictures
     * @param sampling how, or null for the usual way
     */
    public static Drawn draw(PointModel model, String title, @Nullable Sampling sampling, long seed, int count) {
        var data = ToyData.named(model.options().data());
        List<Tensor> states = new ArrayList<>();
        var points = model.draw(sampling, seed, count, state -> states.add(Scope.own(state.copy())));
        try {
            var fresh = data.sample(Generator.of(seed + 1), count);
            Map<String, Tensor> clouds = new LinkedHashMap<>();
            clouds.put("data", fresh);
            clouds.put("samples", points);
            return new Drawn(
                    points,
                    Measures.energyDistance(points, fresh),
                    PointPlots.scatter(title, clouds),
                    PointPlots.trajectories("from noise to data", states),
                    PointPlots.density(density(model, data.box()), SIDE));
        } finally {
            states.forEach(Tensor::close);
        }
    }

    /** What a model is called on its own plots. */
    public static String title(PointModel model) {
        return model.options().model() + " on " + model.options().data();
    }

    /** p on a grid over a box, from the top left. */
    private static double[] density(PointModel model, Box box) {
        var grid = new double[2 * SIDE * SIDE];
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                int k = 2 * (row * SIDE + column);
                grid[k] = box.minX() + (column + 0.5) * box.width() / SIDE;
                grid[k + 1] = box.maxY() - (row + 0.5) * box.height() / SIDE;
            }
        }
        double[] values =
                model.logDensity(Tensor.of(grid, (long) SIDE * SIDE, 2)).toDoubles();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.exp(values[i]);
        }
        return values;
    }
}
