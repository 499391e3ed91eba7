package io.medley.optim;

import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.Map;

/**
 * An exponential moving average of all parameters (Polyak and Juditsky, 1992). Early on it follows faster, with decay (1 + n) / (10 + n) after
 * n updates until that exceeds the given one, so that it does not remember the random start.
 */
public final class MovingAverage {
    private final FlatParameters parameters;
    private final double decay;
    private final Tensor average; // (P)
    private long updates;

    /** Starts at the current values. */
    public MovingAverage(FlatParameters parameters, double decay) {
        if (!(decay > 0 && decay < 1)) {
            throw new MedleyException("moving average: decay " + decay + " must be above 0 and below 1, such as 0.999");
        }
        this.parameters = parameters;
        this.decay = decay;
        this.average = parameters.values().copy();
    }

    /** Takes the parameters as they are now into account. */
    public void update() {
        double now = Math.min(decay, (1.0 + updates) / (10.0 + updates));
        updates++;
        try (var off = NoGrad.open()) {
            average.lerp_(parameters.values(), 1 - now);
        }
    }

    /** Updates so far. */
    public long updates() {
        return updates;
    }

    /** Averaged values by parameter name, sharing this object's memory. */
    public Map<String, Tensor> values() {
        return parameters.views(average);
    }

    /** Goes on from {@code updates} made; the values are restored by writing to {@link #values}. */
    public void resumeAt(long updates) {
        this.updates = updates;
    }
}
