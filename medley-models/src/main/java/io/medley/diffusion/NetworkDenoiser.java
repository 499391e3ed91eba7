package io.medley.diffusion;

import io.medley.tensor.Tensor;

/** A trained network as a denoiser: scales its input, converts its prediction. No gradients are switched off here; samplers do that. */
public record NetworkDenoiser(DiffusionSystem system, Network network) implements Denoiser {
    @Override
    public ProbabilityPath path() {
        return system.path();
    }

    @Override
    public Tensor denoise(Tensor x, double[] t) {
        return system.prediction().convert(Prediction.SAMPLE, path(), predict(x, t), x, t);
    }

    @Override
    public Tensor velocity(Tensor x, double[] t) {
        // Direct, so that a network that predicts the velocity is defined at both ends of the path.
        return system.prediction().equals(Prediction.VELOCITY) ? predict(x, t) : Denoiser.super.velocity(x, t);
    }

    /** The network's own prediction, (B, …) float64. */
    public Tensor predict(Tensor x, double[] t) {
        return Batch.state(network.forward(system.networkInput(x, t), system.networkTime(t)));
    }
}
