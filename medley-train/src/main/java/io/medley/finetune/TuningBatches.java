package io.medley.finetune;

import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import io.medley.train.Batches;
import io.medley.train.Reporter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;

/**
 * Batches of rows, shuffled anew every epoch; which rows make batch n follows from n and the seed alone, so a training can go on anywhere. A row
 * whose picture cannot be read is reported once and replaced by the next one; when there are too many of these, that is an error.
 */
final class TuningBatches<T, I> {
    private static final double MOST_BROKEN = 0.1;

    private final Tuning<T, I> tuning;
    private final List<Row<T>> rows;
    private final TuningInputs inputs;
    private final int batch;
    private final long seed;
    private final Reporter reporter;
    private final Map<Long, int[]> orders = new ConcurrentHashMap<>();
    private final Map<String, String> broken = new ConcurrentHashMap<>();

    private TuningBatches(Tuning<T, I> tuning, TuningInputs inputs, int batch, long seed, Reporter reporter) {
        this.tuning = tuning;
        this.rows = tuning.rows();
        this.inputs = inputs;
        this.batch = batch;
        this.seed = seed;
        this.reporter = reporter;
    }

    static <T, I> Batches<I> of(Tuning<T, I> tuning, TuningInputs inputs, int batch, long seed, Reporter reporter) {
        var batches = new TuningBatches<>(tuning, inputs, batch, seed, reporter);
        return Batches.numbered(batches.identity(), batch, batches::item);
    }

    private String identity() {
        var sum = new CRC32();
        for (var row : rows) {
            sum.update((row.key() + '\n' + row.text() + '\n').getBytes(StandardCharsets.UTF_8));
        }
        return rows.size() + " rows, checksum " + Long.toHexString(sum.getValue());
    }

    private I item(long number) {
        var loaded = new ArrayList<Row.Loaded<T>>();
        for (int i = 0; i < batch; i++) {
            loaded.add(load(number * batch + i));
        }
        return tuning.item(loaded);
    }

    private Row.Loaded<T> load(long position) {
        int at = order(position / rows.size())[Math.toIntExact(position % rows.size())];
        var random = new SplittableRandom(seed * 31 + position);
        for (int tries = 0; tries < rows.size(); tries++) {
            var row = rows.get((at + tries) % rows.size());
            try {
                var pixels = new ArrayList<float[]>();
                for (var picture : row.pictures()) {
                    RgbImage image = picture.load();
                    pixels.add(inputs.pixels(image, random));
                }
                return new Row.Loaded<>(row.content(), pixels);
            } catch (MedleyException e) {
                note(row.key(), String.valueOf(e.getMessage()));
            }
        }
        throw new MedleyException("no picture of the data can be read");
    }

    private void note(String key, String reason) {
        if (broken.putIfAbsent(key, reason) != null) {
            return;
        }
        reporter.say("left out: " + reason);
        long keys = rows.stream().map(Row::key).distinct().count();
        if (broken.size() > Math.max(1, MOST_BROKEN * keys)) {
            throw new MedleyException(
                    broken.size() + " of " + keys + " pictures cannot be read so far, the last: " + reason);
        }
    }

    private int[] order(long epoch) {
        // Batches are made a few ahead, so two epochs may be under way; older ones are not asked for again.
        orders.keySet().removeIf(known -> known < epoch - 1);
        return orders.computeIfAbsent(epoch, this::shuffled);
    }

    private int[] shuffled(long epoch) {
        var random = new SplittableRandom(seed * 1_000_003 + epoch);
        var order = new int[rows.size()];
        for (int i = 0; i < order.length; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }
}
