package io.medley.loss;

import io.medley.tensor.Tensor;

/** Collects what every process of a distributed run has; one process alone has it all. */
public interface Gather {
    /** A run of one process. */
    Gather SINGLE = new Gather() {
        @Override
        public Tensor values(Tensor local) {
            return local;
        }

        @Override
        public Tensor withGradients(Tensor local) {
            return local;
        }

        @Override
        public long offset(long localRows) {
            return 0;
        }
    };

    /** (B, …) of each process → (processes·B, …), in order of rank, without gradients. */
    Tensor values(Tensor local);

    /** The same; gradients flow back to the process a row came from. */
    Tensor withGradients(Tensor local);

    /** Where this process's own rows begin. */
    long offset(long localRows);
}
