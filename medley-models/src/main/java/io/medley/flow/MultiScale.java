package io.medley.flow;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The multi-scale architecture of RealNVP and Glow: after each level but the last, half of the channels are done and leave. They are not
 * thrown away: forward returns all of them, flattened and joined, the last level's first, so that {@code inverse(forward(x))} is x.
 */
public final class MultiScale implements Bijector {
    private final List<Bijector> levels;
    private final List<Split> splits;
    private final List<long[]> shapes;

    /**
     * @param levels what happens at each scale, from data on
     * @param splits what leaves after each level but the last: the second part does
     * @param shapes of the parts, without the batch, in the order of levels: what leaves after the first, the second, …, what remains
     */
    public MultiScale(List<Bijector> levels, List<Split> splits, List<long[]> shapes) {
        if (levels.isEmpty() || splits.size() != levels.size() - 1 || shapes.size() != levels.size()) {
            throw new MedleyException("multi-scale flow: " + levels.size() + " levels need one split fewer and as many"
                    + " shapes, got " + splits.size() + " and " + shapes.size());
        }
        this.levels = List.copyOf(levels);
        this.splits = List.copyOf(splits);
        this.shapes = List.copyOf(shapes);
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        List<Tensor> parts = new ArrayList<>();
        var logDet = Tensor.zeros(x.dtype(), x.size(0));
        var value = x;
        for (int i = 0; i < levels.size(); i++) {
            var mapped = levels.get(i).forward(value, context);
            logDet = logDet.add(mapped.logDet());
            value = i < splits.size() ? leave(splits.get(i), mapped.value(), parts) : mapped.value();
        }
        parts.add(0, value);
        return new Mapped(join(parts), logDet);
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        var parts = parts(y);
        var logDet = Tensor.zeros(y.dtype(), y.size(0));
        var value = parts.get(0);
        for (int i = levels.size() - 1; i >= 0; i--) {
            if (i < splits.size()) {
                value = splits.get(i).merge(value, parts.get(levels.size() - 1 - i));
            }
            var mapped = levels.get(i).inverse(value, context);
            logDet = logDet.add(mapped.logDet());
            value = mapped.value();
        }
        return new Mapped(value, logDet);
    }

    @Override
    public Tensor initialize(Tensor x, @Nullable Tensor context) {
        List<Tensor> parts = new ArrayList<>();
        var value = x;
        for (int i = 0; i < levels.size(); i++) {
            value = levels.get(i).initialize(value, context);
            value = i < splits.size() ? leave(splits.get(i), value, parts) : value;
        }
        parts.add(0, value);
        return join(parts);
    }

    /** Start values come from data, so a multi-scale flow is initialised from its inputs only. */
    @Override
    public Tensor initializeInverse(Tensor y, @Nullable Tensor context) {
        throw new UnsupportedOperationException("MultiScale: initialise from data, by initialize");
    }

    /** The parts of a latent (B, D) in their own shapes, the last level's first. */
    public List<Tensor> parts(Tensor latent) {
        List<Tensor> parts = new ArrayList<>();
        long offset = 0;
        for (int i = shapes.size() - 1; i >= 0; i--) {
            var shape = shapes.get(i);
            long size = 1;
            for (long s : shape) {
                size *= s;
            }
            var full = new long[shape.length + 1];
            full[0] = latent.size(0);
            System.arraycopy(shape, 0, full, 1, shape.length);
            parts.add(latent.narrow(1, offset, size).reshape(full));
            offset += size;
        }
        return parts;
    }

    private static Tensor leave(Split split, Tensor value, List<Tensor> parts) {
        var halves = split.split(value);
        // The last level's part stands first, so each new one goes before those that left earlier.
        parts.add(0, halves.second());
        return halves.first();
    }

    private static Tensor join(List<Tensor> parts) {
        return Tensor.cat(parts.stream().map(p -> p.reshape(p.size(0), -1)).toList(), 1);
    }
}
