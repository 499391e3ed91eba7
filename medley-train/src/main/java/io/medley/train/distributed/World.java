package io.medley.train.distributed;

import io.medley.loss.Gather;
import io.medley.optim.FlatParameters;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.ProcessGroup;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a run, as one of them sees it. A run of one process is a world of its own and talks to nobody.
 *
 * <p>Launchers tell each process its place by the variables of PyTorch's: {@code RANK}, {@code WORLD_SIZE}, {@code MASTER_ADDR} and
 * {@code MASTER_PORT} (torchrun, Kubernetes' training operator, Slurm with {@code RANK=$SLURM_PROCID}, and {@link LocalProcesses}).
 */
public final class World implements AutoCloseable {
    /** How long a process waits for the others before it gives up: longer than rank 0 takes to evaluate or save. */
    private static final Duration TIMEOUT = Duration.ofMinutes(30);

    private static final int DEFAULT_PORT = 29500;

    private final @Nullable ProcessGroup group;
    private final List<GradientReducer> reducers = new ArrayList<>();

    private World(@Nullable ProcessGroup group) {
        this.group = group;
    }

    /** One process. */
    public static World single() {
        return new World(null);
    }

    /**
     * Joins the run that the environment describes; returns when all processes have come. Without {@code WORLD_SIZE}, or with 1, a world of
     * one process.
     *
     * @param environment usually {@link System#getenv()}
     * @throws MedleyException when the variables make no sense, or the others cannot be met
     */
    public static World join(Map<String, String> environment) {
        int size = number(environment, "WORLD_SIZE", 1);
        if (size == 1) {
            return single();
        }
        int rank = number(environment, "RANK", -1);
        if (size < 1 || rank < 0 || rank >= size) {
            throw new MedleyException("WORLD_SIZE=" + size + " and RANK=" + environment.getOrDefault("RANK", "")
                    + " do not fit; RANK counts from 0 to WORLD_SIZE - 1, and each process has its own");
        }
        LocalProcesses.endWithLauncher(environment);
        return new World(ProcessGroup.join(
                rank,
                size,
                environment.getOrDefault("MASTER_ADDR", "127.0.0.1"),
                number(environment, "MASTER_PORT", DEFAULT_PORT),
                TIMEOUT));
    }

    private static int number(Map<String, String> environment, String name, int otherwise) {
        var text = environment.get(name);
        if (text == null || text.isBlank()) {
            return otherwise;
        }
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new MedleyException(name + "=" + text + " in the environment is not a whole number", e);
        }
    }

    /** Number of this process, from 0. */
    public int rank() {
        return group == null ? 0 : group.rank();
    }

    /** Number of processes. */
    public int size() {
        return group == null ? 1 : group.size();
    }

    /** Whether this process writes files and speaks to the user: rank 0 does. */
    public boolean isFirst() {
        return rank() == 0;
    }

    /** What losses collect the batches of all processes with. */
    public Gather gather() {
        return group == null ? Gather.SINGLE : Gather.over(group);
    }

    /** Gives every process the values that the tensors have in rank 0, so that all start alike; same shapes and order everywhere. */
    public void share(Collection<Tensor> tensors) {
        if (group == null) {
            return;
        }
        for (var tensor : tensors) {
            try (var scope = Scope.open();
                    var off = NoGrad.open()) {
                var value = tensor.contiguous();
                group.broadcast(value.detach(), 0);
                if (!tensor.isContiguous()) {
                    tensor.copy_(value);
                }
            }
        }
    }

    /**
     * This process's share of numbered batches: of every {@code size()} in a row the one at its rank, so that a step of all processes sees the
     * samples that a step of one with a batch {@code size()} times as large would see.
     */
    public <B> LongFunction<B> share(LongFunction<B> batches) {
        return number -> batches.apply(number * size() + rank());
    }

    /** The average of each value over all processes, for reports. */
    public double[] mean(double... values) {
        if (group == null) {
            return values;
        }
        try (var scope = Scope.open()) {
            var sum = Tensor.of(values, values.length);
            group.allReduceSum(sum);
            return sum.mul_(1.0 / group.size()).toDoubles();
        }
    }

    /**
     * Averages the gradients of {@code parameters}, which lie in {@code flat}, over all processes; does nothing in a world of one. Ends with this
     * world.
     */
    public GradientReducer reducer(Map<String, Tensor> parameters, FlatParameters flat) {
        return reducer(parameters, flat, GradientReducer.BUCKET_BYTES);
    }

    /** The same with buckets of another size, in bytes. */
    GradientReducer reducer(Map<String, Tensor> parameters, FlatParameters flat, long bucketBytes) {
        if (group == null) {
            return GradientReducer.none();
        }
        var reducer = GradientReducer.over(group.sibling(), parameters, flat, bucketBytes);
        // Backward reaches it through the parameters, which may outlive whoever asked for it.
        reducers.add(reducer);
        return reducer;
    }

    /** Waits until all processes are here. */
    public void barrier() {
        if (group != null) {
            group.barrier();
        }
    }

    @Override
    public void close() {
        reducers.forEach(GradientReducer::close);
        if (group != null) {
            group.close();
        }
    }
}
