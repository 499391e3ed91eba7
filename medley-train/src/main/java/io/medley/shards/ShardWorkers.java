package io.medley.shards;

import java.io.IOException;
import java.util.List;

/** Who does the shards: threads of this process, or a cluster. */
public interface ShardWorkers {

    /** Told how the work goes, one call at a time, on any thread. */
    interface Sink {
        /** So many more rows are done. */
        void rows(long more);

        /** A shard is finished or given up. What it throws stops the work. */
        void done(ShardOutcome outcome) throws IOException;
    }

    /**
     * Does all of them, in any order; returns when each was told to the sink.
     *
     * @param folder where the output goes
     */
    void run(List<ShardInput> inputs, String folder, Sink sink) throws IOException, InterruptedException;
}
