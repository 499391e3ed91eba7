package io.medley.bench;

import io.medley.loss.GradientCache;
import io.medley.model.vit.VisionTransformer;
import io.medley.model.vit.VitConfig;
import io.medley.nn.ActivationCheckpoint;
import io.medley.nn.Weights;
import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * How much memory training a ViT-S/16 takes, and what saving it costs: {@code plain}, with {@code checkpoint}ed activations, or with its batch
 * encoded in chunks of a number of images. One way a process, because what is measured is the process's largest resident memory:
 *
 * <pre>{@code
 * java -cp … io.medley.bench.TrainingMemory plain 16
 * java -cp … io.medley.bench.TrainingMemory checkpoint 16
 * java -cp … io.medley.bench.TrainingMemory 4 16
 * }</pre>
 */
public final class TrainingMemory {
    private static final int IMAGE = 224;
    private static final int STEPS = 2;

    private TrainingMemory() {}

    /** Runs {@code plain|checkpoint|ROWS} with a batch of so many images and prints one line. */
    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            throw new MedleyException("usage: TrainingMemory plain|checkpoint|ROWS BATCH");
        }
        boolean checkpoint = arguments[0].equals("checkpoint");
        var cache = checkpoint || arguments[0].equals("plain")
                ? GradientCache.OFF
                : new GradientCache(Integer.parseInt(arguments[0]));
        int batch = Integer.parseInt(arguments[1]);
        var weights = Weights.random(1);
        var vision = new VisionTransformer(weights, new VitConfig(IMAGE, 16, 384, 12, 6, 1536, 1e-6));
        weights.parameters().values().forEach(p -> p.setGrad(Tensor.zeros(p.shape())));
        warm(vision);
        long before = Engine.residentBytes() >> 20;
        double least = Double.MAX_VALUE;
        double norm = 0;
        for (int step = 0; step < STEPS; step++) {
            double start = Machine.ownSeconds();
            try (var scope = Scope.open();
                    var saving = ActivationCheckpoint.open(checkpoint)) {
                weights.parameters().values().forEach(p -> gradient(p).fill_(0));
                var pixels = Generator.of(2).normal(batch, 3, IMAGE, IMAGE);
                var embeds = cache.encode(List.of(pixels), in -> vision.forward(in.get(0))); // (B, N, C)
                embeds.mul(Generator.of(3).normal(embeds.shape())).sum().backward();
                norm = Math.sqrt(weights.parameters().values().stream()
                        .mapToDouble(p -> gradient(p).pow(2).sum().item())
                        .sum());
            }
            least = Math.min(least, Machine.ownSeconds() - start);
        }
        System.out.printf(
                Locale.ROOT,
                "%s, batch %d: peak %d MB, before %d MB, %.1f processor seconds a step, gradient norm %.4f%n",
                arguments[0],
                batch,
                Machine.peakMegabytes(),
                before,
                least,
                norm);
    }

    private static Tensor gradient(Tensor parameter) {
        return Objects.requireNonNull(parameter.grad());
    }

    /** Loads what the first forward pass loads, so that it does not count. */
    private static void warm(VisionTransformer vision) {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            vision.forward(Tensor.zeros(1, 3, IMAGE, IMAGE));
        }
    }
}
