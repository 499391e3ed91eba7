package io.medley.train;

import io.medley.data.Loader;
import io.medley.tensor.MedleyException;
import java.util.List;
import java.util.function.Function;

/** What a loader gives, as batches. */
final class LoadedBatches<R, B> implements Batches<B> {
    private final Loader<?, R> loader;
    private final Function<List<R>, B> collate;
    private int samples;

    LoadedBatches(Loader<?, R> loader, Function<List<R>, B> collate) {
        this.loader = loader;
        this.collate = collate;
    }

    @Override
    public B next() {
        var items = loader.next()
                .orElseThrow(() -> new MedleyException(loader.identity()
                        + ": the data are at their end, the training is not; set epochs to 0, no end"));
        samples = items.size();
        return collate.apply(items);
    }

    @Override
    public int samples() {
        return samples;
    }

    @Override
    public String state() {
        return loader.state();
    }

    @Override
    public void restore(String state) {
        loader.restore(state);
    }

    @Override
    public String identity() {
        return loader.identity();
    }

    @Override
    public void close() {
        loader.close();
    }
}
