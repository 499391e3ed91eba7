package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;

/**
 * Predictor–corrector sampling (Song et al., 2021): before each step of the predictor, Langevin steps at the same time of size 2·(r·‖z‖/‖∇ log p‖)².
 * The original measures the two norms over the batch; here they are what noise makes them, √D and √D/σ, so that a sample does not depend on
 * its neighbours.
 *
 * @param predictor carries the state on
 * @param ratio signal-to-noise ratio r of the corrector, 0.16 for CIFAR-10
 * @param corrections Langevin steps per time
 */
public record PredictorCorrector(Stepper predictor, double ratio, int corrections) implements Stepper {
    public PredictorCorrector {
        if (!(ratio > 0 && corrections >= 0)) {
            throw new MedleyException("predictor-corrector: need a positive ratio and 0 or more corrections, got "
                    + ratio + " and " + corrections);
        }
    }

    @Override
    public Run begin(Denoiser denoiser, double[] grid, Noise noise) {
        var inner = predictor.begin(denoiser, grid, noise);
        return (x, i) -> {
            var state = Batch.state(x);
            for (int k = 0; k < corrections; k++) {
                state = correct(denoiser, state, grid[i], noise);
            }
            return inner.step(state, i);
        };
    }

    private Tensor correct(Denoiser denoiser, Tensor x, double t, Noise noise) {
        double sigma = denoiser.path().sigma(t);
        double size = 2 * ratio * ratio * sigma * sigma;
        var score = denoiser.score(x, Batch.times(t, x));
        return x.add(score.mul(size)).add(noise.normal(x.shape()).mul(Math.sqrt(2 * size)));
    }
}
