package io.medley.data;

import io.medley.tensor.MedleyException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows by number. Each epoch is a permutation of all of them; the epochs follow each other without a gap, and rank r of w takes every w-th
 * row from r on. So what w ranks take together in a step is what one would take with a batch w times as large.
 */
final class IndexedFeed<T> implements Feed<T> {
    private final Dataset.Indexed<T> dataset;
    private final int number;
    private final LoaderOptions options;
    private final long size;
    private long position;

    IndexedFeed(Dataset.Indexed<T> dataset, int number, LoaderOptions options) {
        this.dataset = dataset;
        this.number = number;
        this.options = options;
        this.size = dataset.size();
        if (size < 1) {
            throw new MedleyException(dataset.name() + ": there are no samples in it; check the path and the split");
        }
    }

    @Override
    public @Nullable Draw<T> next() {
        long global = position * options.worldSize() + options.rank();
        long epoch = global / size;
        if (options.epochs() > 0 && epoch >= options.epochs()) {
            return null;
        }
        position++;
        long place = global % size;
        long row =
                options.shuffle() ? new Permutation(size, Seeds.mix(options.seed(), number, epoch)).at(place) : place;
        return new Draw<>(() -> dataset.get(row), 0, Seeds.mix(options.seed(), number, epoch, row));
    }

    @Override
    public ObjectNode state() {
        return DataJson.MAPPER.createObjectNode().put("position", position);
    }

    @Override
    public void restore(ObjectNode state) {
        position = state.get("position").asLong();
    }

    @Override
    public void close() {}
}
