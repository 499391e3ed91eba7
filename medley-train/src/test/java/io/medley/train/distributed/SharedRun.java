package io.medley.train.distributed;

import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import io.medley.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A small regression in a run directory, two batches a step: one in each of two processes, or one after the other. */
final class SharedRun {
    private static final int BATCH = 4;

    private SharedRun() {}

    private static ObjectNode recipe() {
        return JsonMapper.shared().createObjectNode().put("toy", true);
    }

    static void train(Path folder, World world) throws IOException {
        var weights = Weights.random(3 + world.rank());
        var map = new Linear(weights.at("map"), 8, 4);
        var options = new Trainer.Options(5, Schedule.constant(1e-2), AdamW.Options.withDecay(0.05), 1.0)
                .withAccumulate(2 / world.size());
        var trainer = new Trainer<Tensor>(Learner.of(weights), options, world);
        try (var directory = RunDirectory.open(folder, recipe(), Reporter.silent(), world);
                var batches = Batches.computed(
                        "toy", BATCH, world.<Tensor>share(n -> Generator.of(n).normal(BATCH, 8)))) {
            directory
                    .run(RunOptions.withSeed(3))
                    .train(
                            trainer,
                            (x, step) -> Losses.of(
                                    "square",
                                    map.forward(x).sub(x.narrow(1, 0, 4)).pow(2).mean()),
                            batches);
        }
    }
}
