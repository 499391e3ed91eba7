package io.medley.loss;

import io.medley.tensor.ProcessGroup;
import io.medley.tensor.Tensor;

/**
 * Collects what every process of a distributed run has; one process alone has it all. Losses are averages over the rows of all processes'
 * batches; a trainer averages the gradients. All processes call the same methods in the same order.
 */
public interface Gather {
    /** A run of one process. */
    Gather SINGLE = new Gather() {
        @Override
        public int processes() {
            return 1;
        }

        @Override
        public Tensor values(Tensor local) {
            return local;
        }

        @Override
        public Tensor texts(Tensor local, long padding) {
            return local;
        }

        @Override
        public Tensor withGradients(Tensor local) {
            return local;
        }

        @Override
        public Tensor mean(Tensor local) {
            return local;
        }

        @Override
        public long offset(long localRows) {
            return 0;
        }
    };

    /** A run of several processes. */
    static Gather over(ProcessGroup group) {
        return new GroupGather(group);
    }

    /** Number of processes. */
    int processes();

    /** (B, …) of each process → (processes·B, …), in order of rank, without gradients; the same shape everywhere. */
    Tensor values(Tensor local);

    /** Ids or masks (B, T) → (processes·B, longest T), without gradients; shorter texts are filled with {@code padding} at their end. */
    Tensor texts(Tensor local, long padding);

    /**
     * The same as {@link #values}; gradients flow back to the process a row came from, summed over all processes ({@code GatherLayer} of
     * {@code models/blip_retrieval.py}).
     */
    Tensor withGradients(Tensor local);

    /** The average over all processes, elementwise, without gradients. */
    Tensor mean(Tensor local);

    /** Where this process's own rows begin. */
    long offset(long localRows);
}
