package io.medley.recipe.density;

import io.medley.checkpoint.Checkpoint;
import io.medley.nn.Weights;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model of points of the plane, in the data's own units, whatever it is made of. */
public sealed interface PointModel permits PointDiffusion, PointFlow {
    DensityOptions options();

    Weights weights();

    /**
     * Points (count, 2), float64; point k depends on the seed and k only.
     *
     * @param sampling how, or null for the usual way; normalizing flows know one way only and refuse any other
     * @param states told the states (count, 2) on the way from noise to data, both included; they are valid during the call only
     */
    Tensor draw(@Nullable Sampling sampling, long seed, int count, Consumer<Tensor> states);

    /** ln p(x) in nats of points (B, 2): (B) float64. */
    Tensor logDensity(Tensor points);

    /** Mean negative log-likelihood in nats of points (B, 2), a scalar. */
    default Tensor nll(Tensor points) {
        return logDensity(points).mean().neg();
    }

    /** How it learns its data. */
    PointTraining<?, ?> training();

    /** What {@link #load} must know beside the options. */
    default ObjectNode config() {
        return options().toJson();
    }

    /** A model that has not learnt anything; make it outside any scope. */
    static PointModel fresh(DensityOptions options) {
        return options instanceof FlowOptions flow
                ? PointFlow.fresh(flow)
                : PointDiffusion.fresh((DiffusionOptions) options);
    }

    /** Writes the model's files. */
    default void save(Path directory) throws IOException {
        ModelFolder.save(directory, config(), weights());
    }

    /**
     * A model from a directory that {@link #save} wrote.
     *
     * @throws MedleyException when it is none
     */
    static PointModel load(Path directory) throws IOException {
        var recipe = ModelFolder.recipe(directory, DensityKind.all());
        var options = DensityKind.options(recipe);
        try (var checkpoint = Checkpoint.open(directory.resolve(ModelFolder.WEIGHTS))) {
            return options instanceof FlowOptions flow
                    ? PointFlow.of(flow, checkpoint)
                    : PointDiffusion.of(
                            (DiffusionOptions) options,
                            recipe.settings().path("scale").asDouble(0),
                            checkpoint);
        }
    }
}
