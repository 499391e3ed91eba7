package io.medley.capfilt;

import io.medley.data.Dataset;
import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.task.Caption;
import io.medley.task.EncodedImages;
import io.medley.task.SharedEncoding.Use;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs the rows of one shard through decoding, encoding, captioning and filtering, each on threads of its own, and gives them back in order.
 *
 * <p>A batch is the next so many usable pictures of the shard. So what is computed together, and with it every bit of the result, depends
 * on the shard alone: not on who decodes first, on other shards, or on where a run was interrupted.
 */
final class ShardPipeline {
    private static final int DECODERS = Math.min(4, Runtime.getRuntime().availableProcessors());

    // One batch waiting before each stage keeps it busy; more would only hold memory.
    private static final int WAITING = 1;

    private final CapFiltModels models;
    private final CapFiltSettings settings;
    private final AtomicLong readNanos = new AtomicLong();
    private final AtomicLong decodeNanos = new AtomicLong();
    private final AtomicLong encodeNanos = new AtomicLong();
    private final AtomicLong generateNanos = new AtomicLong();
    private final AtomicLong filterNanos = new AtomicLong();

    ShardPipeline(CapFiltModels models, CapFiltSettings settings) {
        this.models = models;
        this.settings = settings;
    }

    /** Takes finished rows, on the thread that called {@link #run}. */
    interface Sink {
        void accept(Picture.Done row) throws IOException;
    }

    /** Busy time so far; writing and the clock on the wall are the caller's. */
    ShardStats.Seconds seconds() {
        return new ShardStats.Seconds(
                readNanos.get() / 1e9,
                decodeNanos.get() / 1e9,
                encodeNanos.get() / 1e9,
                generateNanos.get() / 1e9,
                filterNanos.get() / 1e9,
                0,
                0);
    }

    /**
     * Runs until the rows end.
     *
     * @param most rows at most
     * @throws InterruptedException when the calling thread is interrupted; all stages have ended then, as after any failure
     */
    void run(Dataset.Rows<Sample> rows, long most, Sink sink) throws IOException, InterruptedException {
        var decoded = new ArrayBlockingQueue<Optional<Future<Picture>>>(2 * settings.batch() + 2 * DECODERS);
        var encoded = new ArrayBlockingQueue<Optional<PictureBatch>>(WAITING);
        var captioned = new ArrayBlockingQueue<Optional<PictureBatch>>(WAITING);
        var filtered = new ArrayBlockingQueue<Optional<PictureBatch>>(WAITING);
        var open = new ConcurrentLinkedQueue<PictureBatch>();
        var writing = new CaptionStage(models.captioner(), settings.captions(), settings.batch(), generateNanos);
        var decoders = Executors.newFixedThreadPool(DECODERS, task -> {
            var thread = new Thread(task, "capfilt-decode");
            thread.setDaemon(true);
            return thread;
        });
        try (var stages = new Stages()) {
            stages.start("capfilt-read", () -> read(rows, most, decoders, decoded));
            stages.start("capfilt-encode", () -> encode(decoded, encoded, open));
            stages.start("capfilt-generate", () -> writing.run(encoded, captioned));
            stages.start("capfilt-filter", () -> filterAll(captioned, filtered));
            for (var next = stages.take(filtered); next.isPresent(); next = stages.take(filtered)) {
                finish(next.get(), sink);
                open.remove(next.get());
            }
        } finally {
            decoders.shutdownNow();
            open.forEach(PictureBatch::close);
        }
    }

    private void read(
            Dataset.Rows<Sample> rows,
            long most,
            ExecutorService decoders,
            BlockingQueue<Optional<Future<Picture>>> out)
            throws InterruptedException {
        var decoder = new PictureDecoder(models);
        for (long n = 0; n < most; n++) {
            long start = System.nanoTime();
            if (!rows.hasNext()) {
                break;
            }
            Row<Sample> row = rows.next();
            readNanos.addAndGet(System.nanoTime() - start);
            out.put(Optional.of(decoders.submit(() -> decoder.decode(row))));
        }
        out.put(Optional.empty());
    }

    private void encode(
            BlockingQueue<Optional<Future<Picture>>> in,
            BlockingQueue<Optional<PictureBatch>> out,
            Queue<PictureBatch> open)
            throws InterruptedException, ExecutionException {
        var rows = new ArrayList<Picture>();
        int usable = 0;
        for (var next = in.take(); next.isPresent(); next = in.take()) {
            var picture = next.get().get();
            decodeNanos.addAndGet(picture.decodeNanos());
            rows.add(picture);
            usable += picture.prepared() == null ? 0 : 1;
            // A shard of nothing but broken rows must not gather in memory either.
            if (usable == settings.batch() || rows.size() - usable >= 16 * settings.batch()) {
                out.put(Optional.of(encode(rows, open)));
                rows.clear();
                usable = 0;
            }
        }
        if (!rows.isEmpty()) {
            out.put(Optional.of(encode(rows, open)));
        }
        out.put(Optional.empty());
    }

    private PictureBatch encode(List<Picture> rows, Queue<PictureBatch> open) {
        var batch = new PictureBatch(rows);
        if (!batch.usable().isEmpty()) {
            long start = System.nanoTime();
            open.add(batch);
            var prepared = batch.usable().stream().map(ShardPipeline::prepared).toList();
            var forCaptions = models.captioner()
                    .encode(prepared.stream().map(Picture.Prepared::forCaptions).toList(), models.uses());
            batch.encoded(forCaptions, models.shared() ? forCaptions : forFilter(prepared), elapsed(start));
            encodeNanos.addAndGet(batch.encodeNanos());
        }
        return batch;
    }

    private static Picture.Prepared prepared(Picture picture) {
        return Objects.requireNonNull(picture.prepared());
    }

    private EncodedImages forFilter(List<Picture.Prepared> prepared) {
        return models.filter()
                .encode(prepared.stream().map(Picture.Prepared::forFilter).toList(), EnumSet.of(Use.MATCH));
    }

    private void filterAll(BlockingQueue<Optional<PictureBatch>> in, BlockingQueue<Optional<PictureBatch>> out)
            throws InterruptedException {
        for (var next = in.take(); next.isPresent(); next = in.take()) {
            if (!next.get().usable().isEmpty()) {
                filter(next.get());
            }
            out.put(next);
        }
        out.put(Optional.empty());
    }

    private void filter(PictureBatch batch) {
        long start = System.nanoTime();
        var texts = new ArrayList<List<ScoredText>>();
        for (int i = 0; i < batch.usable().size(); i++) {
            texts.add(unscored(batch.usable().get(i), batch.captions().get(i)));
        }
        batch.scored(new TextScoring(models).score(batch, texts), elapsed(start));
        batch.close();
        filterNanos.addAndGet(batch.filterNanos());
    }

    private static List<ScoredText> unscored(Picture picture, List<Caption> captions) {
        var texts = new ArrayList<ScoredText>();
        for (var text : WebTexts.of(picture.sample())) {
            texts.add(ScoredText.unscored(TextSource.WEB, texts.size(), text, Double.NaN));
        }
        for (int k = 0; k < captions.size(); k++) {
            var caption = captions.get(k);
            texts.add(ScoredText.unscored(TextSource.SYNTHETIC, k, caption.text(), caption.score()));
        }
        return texts;
    }

    private static void finish(PictureBatch batch, Sink sink) throws IOException {
        int size = Math.max(1, batch.usable().size());
        int i = 0;
        for (var picture : batch.rows()) {
            boolean usable = picture.prepared() != null;
            sink.accept(new Picture.Done(
                    picture,
                    usable ? batch.texts(i++) : List.of(),
                    batch.encodeNanos() / size,
                    batch.generateNanos() / size,
                    batch.filterNanos() / size));
        }
    }

    private static long elapsed(long start) {
        return System.nanoTime() - start;
    }
}
