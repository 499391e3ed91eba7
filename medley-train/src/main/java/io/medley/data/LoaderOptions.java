package io.medley.data;

import io.medley.tensor.MedleyException;

/**
 * How a {@link Loader} goes through its data.
 *
 * @param batchSize samples of a batch on this rank
 * @param seed decides every order and every sample's own seed
 * @param shuffle whether the order is random; without, it is that of the data
 * @param shuffleBuffer rows of shards held back to mix them
 * @param epochs passes over the data, 0 for no end
 * @param rank which of the processes this is, 0 to worldSize - 1
 * @param worldSize processes that share the data
 * @param workers threads that read and decode
 * @param aheadBatches batches made before they are asked for
 * @param poolBatches batches sorted by length together; 1 leaves the order alone
 * @param maxBadRate largest share of rows that may be broken, 0 to 1
 * @param maxBytes encoded pictures held back and waiting, in bytes, each of the two
 */
public record LoaderOptions(
        int batchSize,
        long seed,
        boolean shuffle,
        int shuffleBuffer,
        int epochs,
        int rank,
        int worldSize,
        int workers,
        int aheadBatches,
        int poolBatches,
        double maxBadRate,
        long maxBytes) {
    private static final int MOST_WORKERS = 1024;

    public LoaderOptions {
        check(batchSize >= 1, "batch size", batchSize, "1 or more");
        check(shuffleBuffer >= 1, "shuffle buffer", shuffleBuffer, "1 row or more");
        check(epochs >= 0, "epochs", epochs, "1 or more, or 0 for no end");
        check(worldSize >= 1, "world size", worldSize, "1 or more");
        check(rank >= 0 && rank < worldSize, "rank", rank, "0 to " + (worldSize - 1) + ", the world size less one");
        check(workers >= 1 && workers <= MOST_WORKERS, "workers", workers, "1 to " + MOST_WORKERS);
        check(aheadBatches >= 1, "batches ahead", aheadBatches, "1 or more");
        check(poolBatches >= 1, "batches of a length pool", poolBatches, "1 or more");
        check(maxBadRate >= 0 && maxBadRate <= 1, "rate of broken samples", maxBadRate, "0 to 1");
        check(maxBytes >= 1, "bytes held", maxBytes, "1 or more");
    }

    /**
     * For training: shuffled with a buffer of 2000 rows, no end, 1 process, 2 workers, 4 batches ahead, no pools, at most 5% broken, 256 MiB.
     */
    public static LoaderOptions training(int batchSize, long seed) {
        return new LoaderOptions(batchSize, seed, true, 2000, 0, 0, 1, 2, 4, 1, 0.05, 256L << 20);
    }

    /** For evaluation: in order, once; otherwise as for training. */
    public static LoaderOptions evaluation(int batchSize) {
        return new LoaderOptions(batchSize, 0, false, 1, 1, 0, 1, 2, 4, 1, 0.05, 256L << 20);
    }

    public LoaderOptions withShuffleBuffer(int rows) {
        return new LoaderOptions(
                batchSize,
                seed,
                shuffle,
                rows,
                epochs,
                rank,
                worldSize,
                workers,
                aheadBatches,
                poolBatches,
                maxBadRate,
                maxBytes);
    }

    public LoaderOptions withEpochs(int count) {
        return new LoaderOptions(
                batchSize,
                seed,
                shuffle,
                shuffleBuffer,
                count,
                rank,
                worldSize,
                workers,
                aheadBatches,
                poolBatches,
                maxBadRate,
                maxBytes);
    }

    /** The part of one process of several; all must have the same other options, but for {@code workers} and {@code aheadBatches}. */
    public LoaderOptions withRank(int number, int of) {
        return new LoaderOptions(
                batchSize,
                seed,
                shuffle,
                shuffleBuffer,
                epochs,
                number,
                of,
                workers,
                aheadBatches,
                poolBatches,
                maxBadRate,
                maxBytes);
    }

    public LoaderOptions withWorkers(int threads) {
        return new LoaderOptions(
                batchSize,
                seed,
                shuffle,
                shuffleBuffer,
                epochs,
                rank,
                worldSize,
                threads,
                aheadBatches,
                poolBatches,
                maxBadRate,
                maxBytes);
    }

    public LoaderOptions withAheadBatches(int batches) {
        return new LoaderOptions(
                batchSize,
                seed,
                shuffle,
                shuffleBuffer,
                epochs,
                rank,
                worldSize,
                workers,
                batches,
                poolBatches,
                maxBadRate,
                maxBytes);
    }

    public LoaderOptions withPoolBatches(int batches) {
        return new LoaderOptions(
                batchSize,
                seed,
                shuffle,
                shuffleBuffer,
                epochs,
                rank,
                worldSize,
                workers,
                aheadBatches,
                batches,
                maxBadRate,
                maxBytes);
    }

    public LoaderOptions withMaxBadRate(double rate) {
        return new LoaderOptions(
                batchSize,
                seed,
                shuffle,
                shuffleBuffer,
                epochs,
                rank,
                worldSize,
                workers,
                aheadBatches,
                poolBatches,
                rate,
                maxBytes);
    }

    public LoaderOptions withMaxBytes(long bytes) {
        return new LoaderOptions(
                batchSize,
                seed,
                shuffle,
                shuffleBuffer,
                epochs,
                rank,
                worldSize,
                workers,
                aheadBatches,
                poolBatches,
                maxBadRate,
                bytes);
    }

    /** What decides the order, for recognising the same run. */
    String order() {
        return "batch " + batchSize + ", seed " + seed + ", "
                + (shuffle ? "shuffle buffer " + shuffleBuffer : "in order")
                + ", epochs " + epochs + ", world size " + worldSize + ", length pool " + poolBatches + ", bytes "
                + maxBytes;
    }

    private static void check(boolean ok, String what, Number value, String expected) {
        if (!ok) {
            throw new MedleyException("loader: " + what + " " + value + ": must be " + expected);
        }
    }
}
