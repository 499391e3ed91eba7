package io.medley.train;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;

/** A model of a few hundred numbers with everything a training can have: a buffer that follows, noise from a generator, an average. */
final class ToyTraining {
    static final int BATCH = 4;

    final Weights weights = Weights.random(1);
    final Generator noise = Generator.of(2);
    final Tensor hidden = weights.parameter("tower.hidden.weight", Init.normal(0.3), 16, 8);
    final Tensor bias = weights.parameter("tower.hidden.bias", Init.constant(0), 16);
    final Tensor out = weights.parameter("head.weight", Init.normal(0.3), 1, 16);
    final Tensor follower = weights.buffer("follower", Init.constant(0), 1, 16);

    static Trainer.Options options(long steps) {
        return new Trainer.Options(steps, Schedule.cosine(1e-2, 1e-4, 5, steps), AdamW.Options.withDecay(0.05), 1.0)
                .withAverage(0.99);
    }

    Trainer<float[]> trainer(Trainer.Options options) {
        return new Trainer<>(Learner.of(weights).with("noise", noise), options);
    }

    /** Inputs that are a pure function of the number. */
    static Batches<float[]> batches() {
        return Batches.numbered("toy", BATCH, n -> {
            var values = new float[BATCH * 8];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.sin(n * 31 + i);
            }
            return values;
        });
    }

    Losses losses(float[] batch, Step step) {
        var x = Tensor.of(batch, BATCH, 8);
        var target = x.sum(1, true).add(noise.normal(BATCH, 1).mul(0.1));
        var prediction = x.linear(hidden, bias).relu().linear(out, null);
        var pulled = out.sub(follower);
        try (var off = NoGrad.open()) {
            follower.lerp_(out, 0.1);
        }
        var error = prediction.sub(target);
        return Losses.of("error", error.mul(error).mean())
                .and("pull", pulled.mul(pulled).mean(), 0.5)
                .metric("size", out.abs().mean());
    }
}
