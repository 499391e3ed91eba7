package io.medley.recipe.density;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several models side by side, as pictures: {@code distances.png} and {@code models.png}. */
public final class ModelComparison {
    /** Below this, chance decides. */
    private static final double LEAST_DISTANCE = 1e-5;

    private final Map<String, Map<Integer, Double>> distances = new LinkedHashMap<>();
    private final List<List<BufferedImage>> pictures = new ArrayList<>();

    /**
     * Adds a model.
     *
     * @param name its name in the legend
     * @param energyDistances by number of steps, increasing; a normalizing flow has one, at 1
     */
    public void add(String name, Map<Integer, Double> energyDistances, ModelPlots.Drawn drawn) {
        distances.put(name, energyDistances);
        pictures.add(List.of(drawn.samples(), drawn.trajectories(), drawn.density()));
    }

    /** Writes both: distances over steps; and a row of samples, trajectories and density for each model. */
    public void write(Path folder) throws IOException {
        PointPlots.write(
                PointPlots.curves("energy distance to the data", distances, LEAST_DISTANCE),
                folder.resolve("distances.png"));
        PointPlots.write(PointPlots.sheet(pictures), folder.resolve("models.png"));
    }
}
