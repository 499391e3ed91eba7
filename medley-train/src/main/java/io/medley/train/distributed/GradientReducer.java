package io.medley.train.distributed;

import io.medley.optim.FlatParameters;
import io.medley.tensor.MedleyException;
import io.medley.tensor.ProcessGroup;
import io.medley.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Averages gradients over the processes of a run, in buckets that go out while backward still computes the rest (Li et al., "PyTorch
 * Distributed", 2020).
 *
 * <pre>{@code
 * reducer.begin();          // before the last backward of a step
 * loss.backward();
 * reducer.finish();         // gradients are the averages now
 * }</pre>
 *
 * <p>The first step sends everything after backward, and learns how often each parameter gets a gradient (activation checkpointing and
 * gradient caching give several) and in which order buckets fill. From then on a bucket goes out as soon as its parameters have had all of
 * theirs. All processes send in the order rank 0 learnt, whatever theirs would be.
 */
public final class GradientReducer {
    /** Size of a bucket: large enough to use the network well, small enough to leave something to overlap; as in PyTorch. */
    public static final long BUCKET_BYTES = 25L << 20;

    private static final int NONE = -1;

    private static final class Bucket {
        final Tensor gradients;
        int waiting; // parameters that have not had all their gradients

        Bucket(Tensor gradients) {
            this.gradients = gradients;
        }
    }

    private final @Nullable ProcessGroup group;
    private final Tensor gradients;
    private final List<Bucket> buckets = new ArrayList<>();
    private final int[] bucketOf;
    private final List<AutoCloseable> listeners = new ArrayList<>();

    // What the first step taught: gradients each parameter gets, and the order buckets fill in.
    private int @Nullable [] expected;
    private int[] order = {};

    // The step at hand.
    private boolean active;
    private final int[] received;
    private final long[] filled;
    private int arriving = NONE;
    private long clock;
    private int sent;
    private int sentEarly;
    private final Deque<ProcessGroup.Pending> pending = new ArrayDeque<>();

    private GradientReducer(@Nullable ProcessGroup group, Tensor gradients, int parameters) {
        this.group = group;
        this.gradients = gradients;
        this.bucketOf = new int[parameters];
        this.received = new int[parameters];
        this.filled = new long[parameters];
    }

    /** The reducer of a run of one process: there is nothing to average. */
    static GradientReducer none() {
        return new GradientReducer(null, Tensor.zeros(0), 0);
    }

    /**
     * Averages over {@code group}, which nothing else may use and which ends with the reducer.
     *
     * @param parameters by name
     * @param flat where their gradients lie
     * @param bucketBytes least size of a bucket (the last one is smaller)
     */
    static GradientReducer over(
            ProcessGroup group, Map<String, Tensor> parameters, FlatParameters flat, long bucketBytes) {
        // In the order of the flat buffer, where the gradients of a bucket must stand together.
        var members = flat.views(flat.gradients()).keySet().stream()
                .map(name -> Objects.requireNonNull(parameters.get(name), name))
                .toList();
        var reducer = new GradientReducer(group, flat.gradients(), members.size());
        long offset = 0;
        long start = 0;
        for (int i = 0; i < members.size(); i++) {
            reducer.bucketOf[i] = reducer.buckets.size();
            offset += members.get(i).numel();
            if ((offset - start) * Float.BYTES >= bucketBytes || i == members.size() - 1) {
                reducer.buckets.add(new Bucket(reducer.gradients.narrow(0, start, offset - start)));
                start = offset;
            }
            int index = i;
            reducer.listeners.add(members.get(i).onGradient(() -> reducer.arrives(index)));
        }
        return reducer;
    }

    /** Call before the backward pass whose end completes the gradients of a step. */
    public void begin() {
        if (group == null) {
            return;
        }
        active = true;
        arriving = NONE;
        clock = 0;
        sent = 0;
        Arrays.fill(received, 0);
        if (expected != null) {
            for (var bucket : buckets) {
                bucket.waiting = 0;
            }
            for (int p = 0; p < expected.length; p++) {
                buckets.get(bucketOf[p]).waiting += expected[p] > 0 ? 1 : 0;
            }
        }
    }

    /** Call after it; returns when all gradients are averages. */
    public void finish() {
        if (group == null) {
            return;
        }
        settle();
        active = false;
        if (expected == null) {
            learn();
        }
        sentEarly = sent;
        while (sent < order.length) {
            send();
        }
        while (!pending.isEmpty()) {
            pending.remove().await();
        }
        gradients.mul_(1.0 / group.size());
    }

    /** How many buckets of the last step went out before its backward pass ended, of how many. */
    int[] overlap() {
        return new int[] {sentEarly, buckets.size()};
    }

    /** A gradient is about to be added to a parameter's; so the one that arrived before has been added. */
    private void arrives(int parameter) {
        if (active) {
            settle();
            arriving = parameter;
        }
    }

    private void settle() {
        if (arriving == NONE) {
            return;
        }
        int parameter = arriving;
        arriving = NONE;
        received[parameter]++;
        filled[parameter] = ++clock;
        if (expected == null) {
            return;
        }
        if (received[parameter] > expected[parameter]) {
            throw new MedleyException("gradients of parameter number " + parameter + " came " + received[parameter]
                    + " times, " + expected[parameter] + " times in the first step; with several processes the"
                    + " objective must use the same parameters in every step");
        }
        if (received[parameter] == expected[parameter] && --buckets.get(bucketOf[parameter]).waiting == 0) {
            while (sent < order.length && buckets.get(order[sent]).waiting == 0) {
                send();
            }
        }
    }

    private void send() {
        pending.add(Objects.requireNonNull(group).allReduceSumLater(buckets.get(order[sent]).gradients));
        sent++;
    }

    private void learn() {
        expected = received.clone();
        var last = new long[buckets.size()];
        for (int p = 0; p < filled.length; p++) {
            last[bucketOf[p]] = Math.max(last[bucketOf[p]], received[p] > 0 ? filled[p] : 0);
        }
        var mine = IntStream.range(0, last.length)
                .boxed()
                .sorted(Comparator.comparingLong(b -> last[b]))
                .mapToLong(b -> b)
                .toArray();
        var shared = Tensor.of(mine, mine.length);
        Objects.requireNonNull(group).broadcast(shared, 0);
        order = Arrays.stream(shared.toLongs()).mapToInt(b -> (int) b).toArray();
    }

    /** Ends it; its world does. */
    void close() {
        for (var listener : listeners) {
            try {
                listener.close();
            } catch (Exception e) {
                throw new IllegalStateException("GradientReducer.close: a listener could not be removed", e);
            }
        }
        if (group != null) {
            group.close();
        }
    }
}
