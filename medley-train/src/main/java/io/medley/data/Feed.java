package io.medley.data;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One data set's rows for one rank, epoch after epoch, in an order that is known beforehand. Used by one thread at a time. */
interface Feed<T> extends AutoCloseable {
    /** The next row, null after the last epoch. */
    @Nullable
    Draw<T> next();

    /** Where it stands. */
    ObjectNode state();

    /** Goes where {@link #state()} was. */
    void restore(ObjectNode state);

    @Override
    void close();

    /**
     * The feed that suits a data set.
     *
     * @param number the set's place in its mixture, so that equal sets differ in order
     */
    static <T> Feed<T> of(Dataset<T> dataset, int number, LoaderOptions options) {
        if (dataset instanceof Dataset.Indexed<T> indexed) {
            return new IndexedFeed<>(indexed, number, options);
        }
        return new ShardedFeed<>((Dataset.Sharded<T>) dataset, number, options);
    }
}
