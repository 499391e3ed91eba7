package io.medley.loss;

import io.medley.tensor.DType;
import io.medley.tensor.NoGrad;
import io.medley.tensor.ProcessGroup;
import io.medley.tensor.Tensor;
import java.util.Arrays;

/** Collects over a process group. */
final class GroupGather implements Gather {
    private final ProcessGroup group;

    GroupGather(ProcessGroup group) {
        this.group = group;
    }

    @Override
    public int processes() {
        return group.size();
    }

    @Override
    public Tensor values(Tensor local) {
        return group.allGather(local);
    }

    @Override
    public Tensor texts(Tensor local, long padding) {
        long length = local.size(1);
        var lengths = group.allGather(Tensor.of(new long[] {length}, 1)).toLongs();
        long longest = Arrays.stream(lengths).max().orElse(length);
        if (length == longest) {
            return group.allGather(local);
        }
        var filled = Tensor.cat(1, local, Tensor.full(padding, local.dtype(), local.size(0), longest - length));
        return group.allGather(filled);
    }

    @Override
    public Tensor withGradients(Tensor local) {
        var all = group.allGather(local);
        if (!local.requiresGrad()) {
            return all;
        }
        long rows = local.size(0);
        long from = offset(rows);
        long after = from + rows;
        return Tensor.cat(0, all.narrow(0, 0, from), local, all.narrow(0, after, all.size(0) - after))
                .withGradientHook(this::sum);
    }

    private Tensor sum(Tensor gradient) {
        var all = gradient.contiguous().copy();
        group.allReduceSum(all);
        return all;
    }

    @Override
    public Tensor mean(Tensor local) {
        try (var off = NoGrad.open()) {
            var sum = local.detach().to(DType.FLOAT32).copy();
            group.allReduceSum(sum);
            return sum.mul_(1.0 / group.size());
        }
    }

    @Override
    public long offset(long localRows) {
        return group.rank() * localRows;
    }
}
