package io.medley.train.distributed;

import io.medley.checkpoint.SafetensorsWriter;
import io.medley.loss.HardNegatives;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipPretraining;
import io.medley.model.blip.BlipTokens;
import io.medley.model.med.MedConfig;
import io.medley.model.vit.VitConfig;
import io.medley.nn.ActivationCheckpoint;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.FlatParameters;
import io.medley.optim.Grouping;
import io.medley.tensor.DType;
import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A few steps of BLIP's pre-training by a process that has its share of every batch; writes down what came out. */
final class SharedPretraining {
    static final int STEPS = 4;
    private static final int BATCH = 6;
    private static final int LENGTH = 9;
    // Small enough for several buckets.
    private static final long BUCKET_BYTES = 8192;
    private static final BlipTokens TOKENS = new BlipTokens(58, 59, 0, 2, 3);
    private static final BlipConfig CONFIG = new BlipConfig(
            new VitConfig(32, 8, 24, 2, 4, 48, 1e-6), new MedConfig(60, 24, 2, 4, 48, 40, 24, 1e-12), 16, true, "");

    private SharedPretraining() {}

    /** A process of a run: {@code DIRECTORY}. */
    public static void main(String[] arguments) throws IOException {
        Engine.setThreads(1);
        try (var world = World.join(System.getenv())) {
            SafetensorsWriter.write(
                    Path.of(arguments[0]).resolve("rank" + world.rank() + ".safetensors"), run(world), Map.of());
            SharedRun.train(Path.of(arguments[0]).resolve("run"), world);
            System.out.println("finished");
        }
    }

    /** Losses and gradients of every step, the weights and buffers after the last, and how many buckets overlapped. */
    static Map<String, Tensor> run(World world) {
        // Another seed in every process: all must start from the weights of the first.
        var weights = Weights.random(7 + world.rank());
        var model = new BlipPretraining(weights, CONFIG, TOKENS, new BlipPretraining.Options(4 * BATCH, 0.9));
        var flat = new FlatParameters(weights.parameters(), Grouping.decayMatricesOnly());
        world.share(weights.parameters().values());
        world.share(weights.buffers().values());
        model.startMomentum();
        var optimizer = new AdamW(flat, AdamW.Options.withDecay(0.05));
        var negatives = HardNegatives.random(Generator.of(8));
        var results = new LinkedHashMap<String, Tensor>();
        var reducer = world.reducer(weights.parameters(), flat, BUCKET_BYTES);
        for (int step = 0; step < STEPS; step++) {
            try (var scope = Scope.open()) {
                flat.zeroGradients();
                BlipPretraining.Losses losses;
                // Gives parameters their gradients in several parts.
                try (var saving = ActivationCheckpoint.open(true)) {
                    losses = model.losses(batch(step, world), 0.4, negatives, world.gather());
                }
                var means = world.mean(
                        losses.itc().item(), losses.itm().item(), losses.lm().item());
                reducer.begin();
                losses.total().backward();
                reducer.finish();
                results.put("losses." + step, scope.keep(Tensor.of(means, 3)));
                results.put("gradients." + step, scope.keep(flat.gradients().copy()));
                optimizer.step(1e-3);
            }
        }
        var overlap = reducer.overlap();
        results.put("overlap", Tensor.of(new long[] {overlap[0], overlap[1]}, 2));
        weights.parameters().forEach((name, tensor) -> results.put("weights." + name, tensor.detach()));
        weights.buffers().forEach((name, tensor) -> results.put("buffers." + name, tensor));
        return results;
    }

    /** This process's rows of a batch. Texts of a process are as long as its longest, so that processes differ. */
    private static BlipPretraining.Batch batch(int step, World world) {
        var random = Generator.of(100 + step);
        long rows = BATCH / world.size();
        long from = rows * world.rank();
        var pixels = random.normal(BATCH, 3, 32, 32).narrow(0, from, rows);
        var mask = Tensor.full(1, DType.INT64, BATCH, LENGTH);
        mask.narrow(0, 0, 3).narrow(1, 6, 3).fill_(0);
        mask.narrow(0, 4, 1).narrow(1, 4, 5).fill_(0);
        var ids = random.uniform(BATCH, LENGTH).mul(50).add(4).to(DType.INT64).maskedFill(mask.eq(0), TOKENS.pad());
        long length = world.size() > 1 && world.isFirst() ? 6 : LENGTH;
        return new BlipPretraining.Batch(
                pixels,
                ids.narrow(0, from, rows).narrow(1, 0, length),
                mask.narrow(0, from, rows).narrow(1, 0, length));
    }
}
