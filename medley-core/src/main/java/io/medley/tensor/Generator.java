package io.medley.tensor;

import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;

/** A seeded source of random tensors; the same seed gives the same values as {@code torch.Generator().manual_seed(seed)} on the CPU. */
public final class Generator {
    private final org.bytedeco.pytorch.Generator at;

    private Generator(long seed) {
        Engine.ensureLoaded();
        // Made outside any pointer scope's reach: a generator outlives the step that first uses it.
        at = torch.make_generator_cpu(seed);
        at.retainReference();
    }

    /** A generator that starts from {@code seed}. */
    public static Generator of(long seed) {
        return new Generator(seed);
    }

    /** Standard normal values, float32, of the given shape. */
    public Tensor normal(long... shape) {
        return fill(Tensor.zeros(shape), t -> t.at.normal_(0, 1, new GeneratorOptional(at)));
    }

    /** Uniform values in [0, 1), float32, of the given shape. */
    public Tensor uniform(long... shape) {
        return fill(Tensor.zeros(shape), t -> t.at.uniform_(0, 1, new GeneratorOptional(at)));
    }

    /** Ones with probability {@code p}, else zeros, float32, of the given shape. */
    public Tensor bernoulli(double p, long... shape) {
        return fill(Tensor.zeros(shape), t -> t.at.bernoulli_(p, new GeneratorOptional(at)));
    }

    /** One draw per row from unnormalised non-negative {@code weights} (B, N); returns (B) int64. */
    public Tensor multinomial(Tensor weights) {
        return new Tensor(torch.multinomial(weights.at, 1, false, new GeneratorOptional(at))
                .squeeze(1));
    }

    /** The generator's state, for checkpoints: opaque bytes as a uint8 tensor. */
    public Tensor state() {
        return new Tensor(at.get_state());
    }

    /** Continues from a state that {@link #state()} gave. */
    public void restore(Tensor state) {
        at.set_state(state.at);
    }

    private static Tensor fill(Tensor t, java.util.function.Consumer<Tensor> draw) {
        draw.accept(t);
        return t;
    }
}
