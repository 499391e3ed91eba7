package io.medley.capfilt;

import com.jerolba.carpet.CloseableIterator;
import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardStorage;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges the texts of an earlier run again, by another policy or threshold, from its side-cars: no model is loaded.
 * Pictures are copied from the shards the earlier run read, so that samples which it dropped may come back.
 */
final class Rethreshold {
    private final CapFiltSettings settings;

    /** @param settings those of the earlier run but for the policy */
    Rethreshold(CapFiltSettings settings) {
        this.settings = settings;
    }

    /**
     * One shard.
     *
     * @param input what the earlier run read
     * @param sideCar what it wrote beside
     * @param folder where the new files go
     */
    ShardStats shard(ShardStorage storage, ShardInput input, Path sideCar, String folder, LongConsumer progress)
            throws IOException, InterruptedException {
        return CapFiltFiles.write(storage, folder, input.name(), settings, (output, tally) -> {
            long start = System.nanoTime();
            try (var rows = storage.open(input);
                    var known = SideCar.read(sideCar)) {
                var lines = new Lines(known);
                for (long n = 0; n < input.rows() && rows.hasNext(); n++) {
                    output.add(done(rows.next(), lines, sideCar));
                    progress.accept(1);
                }
            }
            return tally.stats(ShardStats.Seconds.EMPTY, (System.nanoTime() - start) / 1e9);
        });
    }

    /** The lines of a side-car, picture by picture. */
    private static final class Lines {
        private final CloseableIterator<SideCarRow> lines;
        private @Nullable SideCarRow next;

        Lines(CloseableIterator<SideCarRow> lines) {
            this.lines = lines;
            advance();
        }

        List<SideCarRow> of(Row<Sample> row) {
            var same = new ArrayList<SideCarRow>();
            for (var line = next; line != null && line.row() == row.place().row(); line = next) {
                same.add(line);
                advance();
            }
            return same;
        }

        private void advance() {
            next = lines.hasNext() ? lines.next() : null;
        }
    }

    private static Picture.Done done(Row<Sample> row, Lines lines, Path sideCar) {
        var known = lines.of(row);
        if (known.isEmpty() || !known.get(0).key().equals(row.key())) {
            throw new MedleyException(sideCar + ": knows nothing of " + row.place() + " (" + row.key()
                    + "); the shard has changed since, or is another one");
        }
        if (known.get(0).isError()) {
            return new Picture.Done(new Picture(row, null, known.get(0).error(), 0), List.of(), 0, 0, 0);
        }
        var texts = known.stream().map(Rethreshold::text).toList();
        return new Picture.Done(new Picture(row, null, null, 0), texts, 0, 0, 0);
    }

    private static ScoredText text(SideCarRow row) {
        return new ScoredText(
                TextSource.WEB.word().equals(row.source()) ? TextSource.WEB : TextSource.SYNTHETIC,
                row.sample(),
                Objects.requireNonNull(row.text()),
                orNaN(row.logProbability()),
                orNaN(row.itmProbability()),
                orNaN(row.itmLogit()),
                orNaN(row.itcCosine()),
                orNaN(row.clipScore()));
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }
}
