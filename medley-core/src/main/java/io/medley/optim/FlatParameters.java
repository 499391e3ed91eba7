package io.medley.optim;

import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Parameters moved into one flat buffer, and their gradients into another: a step of the optimizer, clipping and zeroing become one
 * operation each. The parameters keep their identity; layers notice nothing.
 */
public final class FlatParameters {
    /** A run of the flat buffers whose parameters are treated alike. */
    public record Group(Tensor values, Tensor gradients, boolean decay) {}

    private final Tensor values; // (P)
    private final Tensor gradients; // (P)
    private final List<Group> groups = new ArrayList<>();

    /** Moves parameters; those that pass {@code decays} stand in the group with weight decay. */
    public FlatParameters(Map<String, Tensor> parameters, BiPredicate<String, Tensor> decays) {
        long total = parameters.values().stream().mapToLong(Tensor::numel).sum();
        this.values = Tensor.zeros(total);
        this.gradients = Tensor.zeros(total);
        long offset = 0;
        for (boolean decay : new boolean[] {true, false}) {
            long start = offset;
            for (var entry : parameters.entrySet()) {
                if (decays.test(entry.getKey(), entry.getValue()) == decay) {
                    offset = move(entry.getValue(), offset);
                }
            }
            if (offset > start) {
                groups.add(new Group(
                        values.narrow(0, start, offset - start), gradients.narrow(0, start, offset - start), decay));
            }
        }
    }

    private long move(Tensor parameter, long offset) {
        long size = parameter.numel();
        var place = values.narrow(0, offset, size).reshape(parameter.shape());
        try (var off = NoGrad.open()) {
            place.copy_(parameter);
            parameter.setData(place);
        }
        parameter.setGrad(gradients.narrow(0, offset, size).reshape(parameter.shape()));
        return offset + size;
    }

    public List<Group> groups() {
        return groups;
    }

    /** Number of trained values. */
    public long size() {
        return values.numel();
    }

    public void zeroGradients() {
        gradients.fill_(0);
    }

    /** The norm of all gradients together. */
    public double gradientNorm() {
        return gradients.mul(gradients).sum().sqrt().item();
    }

    /** Scales the gradients down so that their norm is at most {@code max}; returns the norm before. */
    public double clipGradients(double max) {
        double norm = gradientNorm();
        if (norm > max) {
            gradients.mul_(max / (norm + 1e-6));
        }
        return norm;
    }
}
