package io.medley.flow;

import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A density: what a bijector from data to noise makes of a simple distribution, log p(x) = log base(f(x)) + log |det f′(x)|.
 *
 * @param toNoise f, from data (B, …) to what {@code base} draws
 * @param base distribution of the noise
 */
public record Flow(Bijector toNoise, Base base) {

    /** Samples (B, …) and the logarithms of their density (B). */
    public record Drawn(Tensor value, Tensor logDensity) {}

    /** Natural logarithm of the density of each sample, (B). */
    public Tensor logDensity(Tensor x, @Nullable Tensor context) {
        var mapped = toNoise.forward(x, context);
        return base.logDensity(mapped.value()).add(mapped.logDet());
    }

    /** {@link #logDensity(Tensor, Tensor)} without context. */
    public Tensor logDensity(Tensor x) {
        return logDensity(x, null);
    }

    /** Mean negative log-likelihood in nats, the loss of maximum likelihood; a scalar. */
    public Tensor nll(Tensor x) {
        return logDensity(x).mean().neg();
    }

    /**
     * Mean negative log-likelihood in bits per element. For integers that went through {@link Dequantize} this is an upper bound of the
     * bits a perfect coder would need; 8 is what bytes take without any model.
     */
    public double bitsPerDimension(Tensor x) {
        return nll(x).item() / (Math.log(2) * x.numel() / x.size(0));
    }

    /**
     * Independent draws (count, …).
     *
     * @param temperature factor on the deviation of the noise; below 1 samples are likelier and less diverse
     */
    public Tensor sample(Generator generator, int count, double temperature) {
        return toNoise.inverse(base.sample(generator, count, temperature)).value();
    }

    /** Independent draws with their densities, and gradients into the map: for fitting to an energy. */
    public Drawn sampleWithDensity(Generator generator, int count) {
        var noise = base.sample(generator, count, 1);
        var mapped = toNoise.inverse(noise);
        return new Drawn(mapped.value(), base.logDensity(noise).sub(mapped.logDet()));
    }

    /** The map without the dequantisation it may begin with: exactly invertible, where dequantisation rounds on its way back. */
    public Bijector continuous() {
        return toNoise instanceof Composite chain && chain.parts().get(0) instanceof Dequantize
                ? new Composite(chain.parts().subList(1, chain.parts().size()))
                : toNoise;
    }

    /** Sets the start values that layers take from data; once, before training. */
    public void initialize(Tensor x) {
        try (var off = NoGrad.open()) {
            toNoise.initialize(x, null);
        }
    }
}
