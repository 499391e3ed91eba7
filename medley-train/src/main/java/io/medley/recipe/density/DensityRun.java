package io.medley.recipe.density;

import io.medley.tensor.Scope;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;

/** A training of a {@link PointModel} in a directory, from options to figures. */
public final class DensityRun {
    private static final long PLOT_SEED = 1;
    private static final int PLOT_POINTS = 2000;

    private DensityRun() {}

    /** Trains, or goes on, or says that it is done; leaves a model that {@link PointModel#load} reads, plots and figures. */
    public static void train(DensityOptions options, RunDirectory directory) throws IOException {
        run(PointModel.fresh(options).training(), directory, Evaluation::of);
    }

    /** The same for a training on pairs: a reflow or a distillation. */
    public static void trainOnPairs(PointTraining<?, ?> training, RunDirectory directory) throws IOException {
        run(training, directory, Evaluation::ofPairs);
    }

    private static void run(
            PointTraining<?, ?> training, RunDirectory directory, Function<PointModel, Evaluation> measure)
            throws IOException {
        var folder = directory.folder();
        if (ModelFolder.isFinished(directory)) {
            return;
        }
        training.run(directory);
        var model = training.model();
        model.save(folder);
        draw(model, folder);
        var evaluation = measure.apply(model);
        directory
                .reporter()
                .say(model.options().model() + " on " + model.options().data() + ": " + evaluation);
        ModelFolder.finish(folder, evaluation.toJson());
    }

    private static void draw(PointModel model, Path folder) throws IOException {
        try (var scope = Scope.open()) {
            ModelPlots.draw(model, ModelPlots.title(model), null, PLOT_SEED, PLOT_POINTS)
                    .write(folder);
        }
    }
}
