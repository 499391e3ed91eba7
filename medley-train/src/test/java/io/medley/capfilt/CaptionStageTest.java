package io.medley.capfilt;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.data.Place;
import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.decode.Decoder;
import io.medley.image.RgbImage;
import io.medley.task.Caption;
import io.medley.task.CaptionOptions;
import io.medley.task.CaptionWriter;
import io.medley.task.EncodedImages;
import io.medley.task.PairScore;
import io.medley.task.SharedEncoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is written beside what, and how much waits, with a writer that only counts. */
class CaptionStageTest {
    private static final int BATCH = 4;

    // Batches of pictures that can be used; broken ones may leave a batch without any.
    private static final int[] SIZES = {4, 4, 0, 4, 4, 4, 0, 0, 4, 4, 4, 4, 2};

    private static int batchOf(long key) {
        int picture = 0;
        for (int b = 0; b < SIZES.length; b++) {
            for (int i = 0; i < SIZES[b]; i++) {
                if (Decoder.key(name(picture++)) == key) {
                    return b;
                }
            }
        }
        throw new AssertionError("no picture has the key " + key);
    }

    private static String name(int picture) {
        return "picture" + picture;
    }

    /** A captioner whose captions take as many steps as their key says, and which writes down what it is asked for. */
    private static final class Recorder implements SharedEncoding {
        final List<String> calls = new ArrayList<>();
        final List<Integer> rows = new ArrayList<>();

        @Override
        public CaptionWriter writer(CaptionOptions options, int pictures) {
            return new Writer(pictures);
        }

        private static int length(long key) {
            // Now and then one goes on and on.
            return Math.floorMod(key, 9) == 0 ? 40 : 3 + Math.floorMod(key, 5);
        }

        private record Turn(long key, int[] left, Consumer<List<Caption>> done) {}

        private final class Writer implements CaptionWriter {
            private final int pictures;
            private final List<Turn> turns = new ArrayList<>();

            Writer(int pictures) {
                this.pictures = pictures;
            }

            @Override
            public boolean hasRoom() {
                return turns.size() < pictures;
            }

            @Override
            public boolean isIdle() {
                return turns.isEmpty();
            }

            @Override
            public void enter(EncodedImages images, int picture, long key, Consumer<List<Caption>> done) {
                assertThat(hasRoom()).isTrue();
                calls.add("enter " + key);
                turns.add(new Turn(key, new int[] {length(key)}, done));
                assertThat(batchOf(key) - batchOf(turns.get(0).key))
                        .as("batches under way")
                        .isLessThan(2);
            }

            @Override
            public void step() {
                assertThat(turns).isNotEmpty();
                calls.add("step");
                rows.add(turns.size());
                for (var turn : List.copyOf(turns)) {
                    if (--turn.left[0] == 0) {
                        turns.remove(turn);
                        turn.done.accept(List.of(new Caption(Long.toString(turn.key), 0)));
                    }
                }
            }

            @Override
            public void close() {
                calls.add("close");
            }
        }

        @Override
        public List<List<Caption>> caption(EncodedImages images, CaptionOptions options, long[] keys) {
            calls.add("search " + keys.length);
            var captions = new ArrayList<List<Caption>>();
            for (long key : keys) {
                captions.add(List.of(new Caption(Long.toString(key), 0)));
            }
            return captions;
        }

        @Override
        public Set<Use> uses() {
            return EnumSet.of(Use.CAPTION);
        }

        @Override
        public float[] prepare(RgbImage image) {
            throw new AssertionError("pictures come encoded");
        }

        @Override
        public EncodedImages encode(List<float[]> prepared, Set<Use> uses) {
            throw new AssertionError("pictures come encoded");
        }

        @Override
        public List<List<PairScore>> match(EncodedImages images, List<List<String>> texts) {
            throw new AssertionError("captions only");
        }
    }

    private record Nothing(int size) implements EncodedImages {
        @Override
        public void close() {}
    }

    private static PictureBatch batch(int first, int size) {
        var pictures = new ArrayList<Picture>();
        for (int i = 0; i < size; i++) {
            var place = new Place("shard", first + i);
            Row<Sample> row = new Row.Broken<>(place, name(first + i), "never read here");
            pictures.add(new Picture(row, new Picture.Prepared(new float[0], new float[0], null), null, 0));
        }
        pictures.add(new Picture(new Row.Broken<>(new Place("shard", -1), "", "broken"), null, "broken", 0));
        var batch = new PictureBatch(pictures);
        batch.encoded(new Nothing(size), new Nothing(size), 0);
        return batch;
    }

    private record Run(Recorder recorder, List<PictureBatch> out) {}

    /** Batches come and are taken with pauses by chance; seed 0: all are there at once. */
    private static Run run(CaptionOptions options, long seed) throws Exception {
        var in = new ArrayBlockingQueue<Optional<PictureBatch>>(seed == 0 ? SIZES.length + 1 : 1);
        var out = new ArrayBlockingQueue<Optional<PictureBatch>>(1);
        var recorder = new Recorder();
        var passed = new ArrayList<PictureBatch>();
        try (var stages = new Stages()) {
            stages.start("in", () -> {
                var random = new Random(seed);
                int first = 0;
                for (int size : SIZES) {
                    Thread.sleep(seed == 0 ? 0 : random.nextInt(12));
                    in.put(Optional.of(batch(first, size)));
                    first += size;
                }
                in.put(Optional.empty());
            });
            stages.start("captions", () -> new CaptionStage(recorder, options, BATCH, new AtomicLong()).run(in, out));
            var random = new Random(-seed);
            for (var next = stages.take(out); next.isPresent(); next = stages.take(out)) {
                passed.add(next.get());
                Thread.sleep(seed == 0 ? 0 : random.nextInt(12));
            }
        }
        return new Run(recorder, passed);
    }

    @Test
    void whatIsWrittenTogetherDoesNotDependOnWhenBatchesCome() throws Exception {
        var options = CaptionOptions.nucleus(0.9, 1, 0);
        var first = run(options, 0);
        assertThat(first.recorder.calls).endsWith("close");
        for (int seed = 1; seed < 6; seed++) {
            assertThat(run(options, seed).recorder.calls).isEqualTo(first.recorder.calls);
        }
    }

    @Test
    void batchesLeaveWholeAndInOrder() throws Exception {
        for (var options : List.of(CaptionOptions.nucleus(0.9, 1, 0), CaptionOptions.beam(3))) {
            var out = run(options, 7).out;
            assertThat(out.stream().map(b -> b.usable().size()))
                    .containsExactlyElementsOf(Arrays.stream(SIZES).boxed().toList());
            for (var batch : out) {
                for (int i = 0; i < batch.usable().size(); i++) {
                    long key = Decoder.key(batch.usable().get(i).row().key());
                    assertThat(batch.captions().get(i)).containsExactly(new Caption(Long.toString(key), 0));
                }
            }
        }
    }

    @Test
    void rowsAreRefilled() throws Exception {
        var rows = run(CaptionOptions.nucleus(0.9, 1, 0), 0).recorder.rows;
        int tokens = rows.stream().mapToInt(Integer::intValue).sum();
        int full = (int) rows.stream().filter(r -> r == BATCH).count();
        // The rest is where one that goes on and on keeps the batch after the next out.
        assertThat(full * BATCH).isGreaterThan(tokens / 2);
    }

    @Test
    void aBeamSearchTakesBatchAfterBatch() throws Exception {
        assertThat(run(CaptionOptions.beam(3), 3).recorder.calls)
                .containsExactlyElementsOf(Arrays.stream(SIZES)
                        .filter(size -> size > 0)
                        .mapToObj(size -> "search " + size)
                        .toList());
    }
}
