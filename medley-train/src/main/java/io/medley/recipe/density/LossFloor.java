package io.medley.recipe.density;

import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.ExactGaussianMixtureDenoiser;
import io.medley.diffusion.Network;
import io.medley.diffusion.NetworkDenoiser;
import io.medley.diffusion.Prediction;
import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a model loses on its own objective, and how much more than is possible. An excess below 0 by more than chance is a leak or a wrong loss.
 *
 * <p>For denoising it is the loss per dimension with independent noise, against the exact denoiser on the very same draws; nothing learnt from
 * such pairs can be better. For fits to an energy it is the free energy, against −ln Z.
 *
 * @param exact the least possible loss
 * @param learnt loss of the model
 * @param excess mean difference
 * @param standardError of the excess
 */
public record LossFloor(double exact, double learnt, double excess, double standardError) {
    private static final int DRAWS = 20_000;
    /** Mixtures of a thousand parts meet every draw. */
    private static final int CHUNK = 1000;

    private static final long SEED = 99;

    /**
     * Measures a denoising loss on 20 000 draws.
     *
     * @param data in the model's units, on any path
     * @param network null for the exact loss alone; the rest is then not a number
     */
    public static LossFloor of(DiffusionSystem system, ExactGaussianMixtureDenoiser data, @Nullable Network network) {
        var generator = Generator.of(SEED);
        var exact = data.on(system.path());
        var sums = new double[3];
        double squares = 0;
        for (int done = 0; done < DRAWS; done += CHUNK) {
            try (var scope = Scope.open();
                    var off = NoGrad.open()) {
                var x0 = exact.data(generator, CHUNK);
                var noise = generator.normal(CHUNK, 2).to(DType.FLOAT64);
                double[] t = system.timeSampler().draw(system.path(), generator, CHUNK);
                var x = system.mix(x0, noise, t);
                var target = system.prediction().target(system.path(), x0, noise, x, t);
                var best = Prediction.SAMPLE.convert(system.prediction(), system.path(), exact.denoise(x, t), x, t);
                var floor = losses(best, target);
                sums[0] += floor.sum().item();
                if (network != null) {
                    var learnt = losses(new NetworkDenoiser(system, network).predict(x, t), target);
                    var excess = learnt.sub(floor);
                    sums[1] += learnt.sum().item();
                    sums[2] += excess.sum().item();
                    squares += excess.mul(excess).sum().item();
                }
            }
        }
        double mean = sums[2] / DRAWS;
        double error = Math.sqrt((squares / DRAWS - mean * mean) / DRAWS);
        return network == null
                ? new LossFloor(sums[0] / DRAWS, Double.NaN, Double.NaN, Double.NaN)
                : new LossFloor(sums[0] / DRAWS, sums[1] / DRAWS, mean, error);
    }

    private static Tensor losses(Tensor prediction, Tensor target) {
        return prediction.sub(target).pow(2).mean(1, false);
    }
}
