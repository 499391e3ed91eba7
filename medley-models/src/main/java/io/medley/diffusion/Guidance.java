package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;

/**
 * Classifier-free guidance (Ho and Salimans, 2022) on the data estimate: D = D_u + w·(D_c − D_u). Weight 1 is the conditional model, 0 the
 * unconditional one.
 */
public record Guidance(Denoiser conditional, Denoiser unconditional, double weight) implements Denoiser {
    public Guidance {
        if (!Double.isFinite(weight)) {
            throw new MedleyException("guidance: the weight is " + weight + "; give a finite number");
        }
        if (!conditional.path().equals(unconditional.path())) {
            throw new MedleyException("guidance: the two models are on different paths, " + conditional.path() + " and "
                    + unconditional.path());
        }
    }

    @Override
    public ProbabilityPath path() {
        return conditional.path();
    }

    @Override
    public Tensor denoise(Tensor x, double[] t) {
        var without = unconditional.denoise(x, t);
        return without.add(conditional.denoise(x, t).sub(without).mul(weight));
    }
}
