package io.medley.diffusion;

import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;

/**
 * What a network learns: path × prediction × time sampler × coupling. The loss of a sample is the mean squared error over its elements,
 * times the system's weight.
 */
public record DenoisingObjective(DiffusionSystem system, Coupling coupling) {

    /** The mean loss of fresh noise and times; a float32 scalar with gradients. */
    public Tensor loss(Network network, Tensor data, Generator generator) {
        var noise = generator.normal(data.shape());
        return loss(network, data, noise, generator);
    }

    /** The mean loss of given noise (or source samples) and fresh times. */
    public Tensor loss(Network network, Tensor data, Tensor noise, Generator generator) {
        var pair = coupling.pair(data, noise);
        var times = system.timeSampler().draw(system.path(), generator, Math.toIntExact(data.size(0)));
        return losses(network, pair.data(), pair.noise(), times).mean();
    }

    /** The loss of every sample, (B) float32, at given times. */
    public Tensor losses(Network network, Tensor data, Tensor noise, double[] t) {
        return Batch.sums(squaredErrors(network, data, noise, t)).div(data.numel() / data.size(0));
    }

    /** The weighted squared error of every element, of data's shape, float32. */
    public Tensor squaredErrors(Network network, Tensor data, Tensor noise, double[] t) {
        var x0 = Batch.state(data);
        var eps = Batch.state(noise);
        var x = system.mix(x0, eps, t);
        var target = system.prediction().target(system.path(), x0, eps, x, t).to(DType.FLOAT32);
        var error = network.forward(system.networkInput(x, t), system.networkTime(t))
                .sub(target);
        var weights = Batch.column(Batch.map(t, at -> system.weight().at(system.path(), at)), data);
        return error.mul(error).mul(weights.to(DType.FLOAT32));
    }
}
