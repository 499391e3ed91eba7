package io.medley.diffusion;

import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * PNDM's pseudo linear multistep method (Liu et al., 2022; PLMS): the DDIM step with a noise estimate extrapolated from up to four times. The
 * first step calls the model twice.
 */
public record PseudoNumerical() implements Stepper {
    private static final double[][] WEIGHTS = {
        {1}, {3 / 2.0, -1 / 2.0}, {23 / 12.0, -16 / 12.0, 5 / 12.0}, {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0}
    };

    @Override
    public Run begin(Denoiser denoiser, double[] grid, Noise noise) {
        Deque<Tensor> estimates = new ArrayDeque<>();
        return (x, i) -> {
            var here = noiseAt(denoiser, x, grid[i]);
            estimates.addFirst(Scope.own(here.copy()));
            if (estimates.size() > WEIGHTS.length) {
                estimates.removeLast().close();
            }
            Tensor eps;
            if (i == 0) {
                var ahead = transfer(denoiser.path(), x, here, grid[0], grid[1]);
                eps = here.add(noiseAt(denoiser, ahead, grid[1])).mul(0.5);
            } else {
                eps = here.mul(0);
                int k = 0;
                for (var estimate : estimates) {
                    eps = eps.add(estimate.mul(WEIGHTS[estimates.size() - 1][k++]));
                }
            }
            return transfer(denoiser.path(), x, eps, grid[i], grid[i + 1]);
        };
    }

    private static Tensor noiseAt(Denoiser denoiser, Tensor x, double t) {
        return Ddim.noiseOf(denoiser, x, denoiser.denoise(x, t), t);
    }

    /** From t to s along a given noise estimate. */
    private static Tensor transfer(ProbabilityPath path, Tensor x, Tensor eps, double t, double s) {
        double ratio = path.alpha(s) / path.alpha(t);
        return Batch.state(x).mul(ratio).add(eps.mul(path.sigma(s) - ratio * path.sigma(t)));
    }
}
