package io.medley.optim;

import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters moved into one flat buffer, and their gradients into another: a step of the optimizer, clipping and zeroing become one
 * operation each. The parameters keep their identity; layers notice nothing.
 */
public final class FlatParameters {
    /** A run of the flat buffers whose parameters are treated alike: elements {@code start} to {@code start + length}. */
    public record Group(Tensor values, Tensor gradients, Treatment treatment, long start, long length) {
        /** This group's part of another buffer in the same layout. */
        Tensor partOf(Tensor flat) {
            return flat.narrow(0, start, length);
        }
    }

    private record Slot(long offset, long[] shape, long size) {}

    private final Tensor values; // (P)
    private final Tensor gradients; // (P)
    private final List<Group> groups = new ArrayList<>();
    private final Map<String, Slot> slots = new LinkedHashMap<>();

    /** Moves parameters, those treated alike next to each other. */
    public FlatParameters(Map<String, Tensor> parameters, Grouping grouping) {
        long total = parameters.values().stream().mapToLong(Tensor::numel).sum();
        this.values = Tensor.zeros(total);
        this.gradients = Tensor.zeros(total);
        var alike = new LinkedHashMap<Treatment, List<Map.Entry<String, Tensor>>>();
        for (var entry : parameters.entrySet()) {
            alike.computeIfAbsent(grouping.of(entry.getKey(), entry.getValue()), t -> new ArrayList<>())
                    .add(entry);
        }
        long offset = 0;
        for (var group : alike.entrySet()) {
            long start = offset;
            for (var entry : group.getValue()) {
                offset = move(entry.getKey(), entry.getValue(), offset);
            }
            groups.add(new Group(
                    values.narrow(0, start, offset - start),
                    gradients.narrow(0, start, offset - start),
                    group.getKey(),
                    start,
                    offset - start));
        }
    }

    private long move(String name, Tensor parameter, long offset) {
        var slot = new Slot(offset, parameter.shape(), parameter.numel());
        var place = view(values, slot);
        try (var off = NoGrad.open()) {
            place.copy_(parameter);
            parameter.setData(place);
        }
        parameter.setGrad(view(gradients, slot));
        slots.put(name, slot);
        return offset + slot.size;
    }

    public List<Group> groups() {
        return groups;
    }

    /** All values, (P): what a moving average or a broadcast reads and writes at once. */
    public Tensor values() {
        return values;
    }

    /** All gradients, (P): what processes sum. */
    public Tensor gradients() {
        return gradients;
    }

    /** The parts of a flat buffer (P) in this layout by parameter name, sharing its memory. */
    public Map<String, Tensor> views(Tensor flat) {
        var views = new LinkedHashMap<String, Tensor>();
        slots.forEach((name, slot) -> views.put(name, view(flat, slot)));
        return views;
    }

    private static Tensor view(Tensor flat, Slot slot) {
        return flat.narrow(0, slot.offset, slot.size).reshape(slot.shape);
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
