package io.medley.embed;

import io.medley.ModelRegistry;
import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.image.Images;
import io.medley.image.RgbImage;
import io.medley.model.LoadOptions;
import io.medley.shards.ModelIdentity;
import io.medley.shards.RowsAhead;
import io.medley.shards.ShardFiles;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardStorage;
import io.medley.shards.ShardTask;
import io.medley.task.Embedder;
import io.medley.task.Model;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A loaded model that turns shards into features. Thread-safe. */
public final class EmbedWorker implements ShardTask.Worker {
    // The engine packs a weight when it is used for the third time; from then on its sums round differently.
    private static final int WARM_UP = 3;

    // Decoded pictures wait in the heap: a batch of posters ends early.
    private static final long PIXELS = 32_000_000;

    // A shard of nothing but broken rows must not gather in memory either.
    private static final int BROKEN = 1024;

    private final EmbedTask task;
    private final Model model;
    private final Embedder embedder;

    private EmbedWorker(EmbedTask task, Model model, Embedder embedder) {
        this.task = task;
        this.model = model;
        this.embedder = embedder;
    }

    /**
     * Loads the model of a task.
     *
     * @throws MedleyException when it is missing, is another one than the task means, or does not embed
     */
    static EmbedWorker load(ModelRegistry registry, EmbedTask task) {
        var name = task.model().name();
        task.model().require(ModelIdentity.of(name, registry.find(name)));
        Engine.setThreads(task.threads());
        var model = registry.load(name, LoadOptions.DEFAULT);
        try {
            var embedder = model.embedder()
                    .orElseThrow(() -> new MedleyException(
                            name + ": it does not embed pictures and texts; see 'medley models' for one that does"));
            var worker = new EmbedWorker(task, model, embedder);
            worker.warmUp();
            return worker;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** After this, equal batches give equal bits, whatever was computed before them. */
    private void warmUp() {
        var pictures =
                List.of(new RgbImage(64, 64, new byte[3 * 64 * 64]), new RgbImage(64, 64, new byte[3 * 64 * 64]));
        for (int i = 0; i < WARM_UP; i++) {
            embedder.images(pictures);
            embedder.images(pictures.subList(0, 1)); // few rows are packed apart from many
            if (task.texts()) {
                embedder.texts(List.of("warm", "up"));
            }
        }
    }

    /** A row on its way: a picture or an error. */
    private record Decoded(Row<Sample> row, @Nullable RgbImage image, @Nullable String error) {
        @Nullable
        String text() {
            return row instanceof Row.Good<Sample> good
                    ? good.value().texts().stream()
                            .filter(text -> !text.isBlank())
                            .findFirst()
                            .orElse(null)
                    : null;
        }
    }

    private static Decoded decode(Row<Sample> row) {
        if (!(row instanceof Row.Good<Sample> good)) {
            return new Decoded(row, null, ((Row.Broken<Sample>) row).reason());
        }
        try {
            var image = Images.read(good.value().image().bytes(), row.key(), ShardInputs.PICTURES);
            return new Decoded(row, image, null);
        } catch (MedleyException e) {
            return new Decoded(row, null, e.getMessage());
        }
    }

    @Override
    public EmbedStats run(ShardInput input, String folder, ShardStorage storage, LongConsumer progress)
            throws IOException, InterruptedException {
        return ShardFiles.write(storage, folder, task.files(input.name()), work -> {
            var parquet = work.resolve(input.name() + ".parquet");
            var stats = embed(input, storage, parquet, progress);
            Files.writeString(work.resolve(input.name() + "_stats.json"), stats.json());
            return stats;
        });
    }

    private EmbedStats embed(ShardInput input, ShardStorage storage, Path file, LongConsumer progress)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        var total = EmbedStats.EMPTY;
        var settings = task.json().put("space", embedder.space().name()).toString();
        try (var rows = storage.open(input);
                var ahead = new RowsAhead<>(rows, input.rows(), EmbedWorker::decode);
                var out = EmbeddingRow.write(new BufferedOutputStream(Files.newOutputStream(file)), settings)) {
            while (ahead.hasNext()) {
                var batch = new ArrayList<Decoded>();
                long pixels = 0;
                int usable = 0;
                while (ahead.hasNext() && usable < task.batch() && pixels < PIXELS && batch.size() - usable < BROKEN) {
                    var next = ahead.next();
                    batch.add(next);
                    if (next.image() != null) {
                        usable++;
                        pixels += (long) next.image().width() * next.image().height();
                    }
                }
                var embedded = embed(batch);
                for (var row : embedded) {
                    out.write(row);
                }
                total = total.plus(stats(embedded));
                progress.accept(batch.size());
            }
        }
        return total.plus(new EmbedStats(0, 0, 0, List.of(), (System.nanoTime() - start) / 1e9));
    }

    private List<EmbeddingRow> embed(List<Decoded> batch) {
        var usable = batch.stream().filter(row -> row.image() != null).toList();
        var images = vectors(usable.isEmpty() ? new float[0][] : embedder.images(images(usable)));
        var said = task.texts()
                ? usable.stream().map(Decoded::text).filter(Objects::nonNull).toList()
                : List.<String>of();
        var texts = vectors(said.isEmpty() ? new float[0][] : embedder.texts(said));
        var nextImage = images.iterator();
        var nextText = texts.iterator();
        var rows = new ArrayList<EmbeddingRow>();
        for (var row : batch) {
            boolean good = row.image() != null;
            var text = good ? row.text() : null;
            rows.add(new EmbeddingRow(
                    row.row().key(),
                    row.row().place().row(),
                    good ? nextImage.next() : null,
                    text,
                    text != null && task.texts() ? nextText.next() : null,
                    row.error()));
        }
        return rows;
    }

    private static List<RgbImage> images(List<Decoded> rows) {
        return rows.stream().map(row -> Objects.requireNonNull(row.image())).toList();
    }

    private static List<List<Float>> vectors(float[][] vectors) {
        return Arrays.stream(vectors).map(EmbedWorker::boxed).toList();
    }

    private static List<Float> boxed(float[] vector) {
        var list = new ArrayList<Float>(vector.length);
        for (float value : vector) {
            list.add(value);
        }
        return list;
    }

    private static EmbedStats stats(List<EmbeddingRow> rows) {
        var errors = rows.stream().filter(row -> row.error() != null).toList();
        long texts = rows.stream().filter(row -> row.textVector() != null).count();
        return new EmbedStats(
                rows.size(),
                errors.size(),
                texts,
                errors.stream().map(row -> row.key() + ": " + row.error()).toList(),
                0);
    }

    @Override
    public void close() {
        model.close();
    }
}
