package io.medley.capfilt;

import io.medley.decode.Decoder;
import io.medley.task.CaptionOptions;
import io.medley.task.CaptionWriter;
import io.medley.task.Decoding;
import io.medley.task.SharedEncoding;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes the captions of a shard's batches. Captions end at different lengths; as they do, those of the next pictures begin, so that about as
 * many are written at any time as a batch of pictures has.
 *
 * <p>A picture begins as soon as there is room for it, in the order of the shard. If it is not encoded yet this stage waits, although others
 * could go on: so what is computed together depends on the lengths of captions alone, never on who was faster. A beam search, which moves the
 * rows of a batch together, takes batch after batch.
 */
final class CaptionStage {
    // Batches hold keys and values until their last picture is done; a third waits for that.
    private static final int BATCHES = 2;

    private final SharedEncoding captioner;
    private final CaptionOptions options;
    private final int batch;
    private final AtomicLong nanos;
    private long spent;

    /**
     * A stage for one shard.
     *
     * @param batch of so many pictures captions are written at a time
     * @param nanos counts the time this stage works
     */
    CaptionStage(SharedEncoding captioner, CaptionOptions options, int batch, AtomicLong nanos) {
        this.captioner = captioner;
        this.options = options;
        this.batch = batch;
        this.nanos = nanos;
    }

    /** Until {@code in} ends; batches leave in the order they came. */
    void run(BlockingQueue<Optional<PictureBatch>> in, BlockingQueue<Optional<PictureBatch>> out)
            throws InterruptedException {
        if (options.decoding() instanceof Decoding.Beam) {
            for (var next = in.take(); next.isPresent(); next = in.take()) {
                search(next.get());
                passOn(next.get(), out);
            }
        } else {
            try (var writer = captioner.writer(options, batch)) {
                write(writer, in, out);
            }
        }
        out.put(Optional.empty());
    }

    private void search(PictureBatch pictures) {
        if (!pictures.usable().isEmpty()) {
            work(() -> {
                long[] keys =
                        pictures.usable().stream().mapToLong(CaptionStage::key).toArray();
                var captions = captioner.caption(pictures.forCaptions(), options, keys);
                for (int i = 0; i < keys.length; i++) {
                    pictures.captioned(i, captions.get(i));
                }
            });
        }
    }

    private void write(
            CaptionWriter writer, BlockingQueue<Optional<PictureBatch>> in, BlockingQueue<Optional<PictureBatch>> out)
            throws InterruptedException {
        var underWay = new ArrayDeque<PictureBatch>();
        boolean more = true;
        int next = 0;
        while (more || !underWay.isEmpty()) {
            var last = underWay.peekLast();
            boolean allEntered = last == null || next == last.usable().size();
            boolean mayTake = more && underWay.size() < BATCHES;
            if (isCaptioned(underWay.peekFirst())) {
                passOn(underWay.removeFirst(), out);
            } else if (!writer.hasRoom() || (allEntered && !mayTake)) {
                work(writer::step);
            } else if (last == null || allEntered) {
                var taken = in.take();
                more = taken.isPresent();
                if (taken.isPresent()) {
                    underWay.addLast(taken.get());
                    next = 0;
                }
            } else {
                int picture = next++;
                work(() -> enter(writer, last, picture));
            }
        }
    }

    private static boolean isCaptioned(@Nullable PictureBatch batch) {
        return batch != null && batch.isCaptioned();
    }

    private static void enter(CaptionWriter writer, PictureBatch batch, int picture) {
        writer.enter(
                batch.forCaptions(),
                picture,
                key(batch.usable().get(picture)),
                captions -> batch.captioned(picture, captions));
    }

    private static long key(Picture picture) {
        return Decoder.key(picture.row().key());
    }

    private void work(Runnable step) {
        long start = System.nanoTime();
        step.run();
        spent += System.nanoTime() - start;
    }

    private void passOn(PictureBatch batch, BlockingQueue<Optional<PictureBatch>> out) throws InterruptedException {
        batch.generated(spent);
        nanos.addAndGet(spent);
        spent = 0;
        out.put(Optional.of(batch));
    }
}
