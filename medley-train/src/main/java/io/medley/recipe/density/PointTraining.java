package io.medley.recipe.density;

import io.medley.train.Batches;
import io.medley.train.Objective;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import io.medley.train.Trainer;
import java.io.IOException;

/**
 * A training of a {@link PointModel}, ready to run.
 *
 * @param model what learns
 * @param trainer of its weights
 * @param objective its loss
 * @param batches what it learns from
 * @param <M> model
 * @param <B> batch
 */
public record PointTraining<M extends PointModel, B>(
        M model, Trainer<B> trainer, Objective<B> objective, Batches<B> batches) {

    /** Trains to the end, without files. */
    public M run() throws IOException {
        trainer.run(objective, batches, result -> {});
        return model;
    }

    /** Trains to the end in a directory, or goes on there. */
    public void run(RunDirectory directory) throws IOException {
        directory.run(RunOptions.withSeed(model.options().seed())).train(trainer, objective, batches);
    }
}
