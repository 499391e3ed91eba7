package io.medley.capfilt;

import io.medley.shards.ShardResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What came out of a shard, or of many.
 *
 * @param count rows read
 * @param successes pictures that were captioned and filtered
 * @param errors rows that could not be used
 * @param written samples in the output shard
 * @param web texts that came along
 * @param synthetic texts the captioner wrote
 * @param bytes of pictures and texts read
 * @param seconds where the time went
 * @param problems the first few errors, for people
 * @param examples a few pictures with what became of their texts, for people
 */
public record ShardStats(
        long count,
        long successes,
        long errors,
        long written,
        Texts web,
        Texts synthetic,
        long bytes,
        Seconds seconds,
        List<String> problems,
        List<Example> examples)
        implements ShardResult {
    private static final int MOST_PROBLEMS = 5;

    /** Nothing yet. */
    public static final ShardStats EMPTY =
            new ShardStats(0, 0, 0, 0, Texts.EMPTY, Texts.EMPTY, 0, Seconds.EMPTY, List.of(), List.of());

    public ShardStats {
        problems = List.copyOf(problems);
        examples = List.copyOf(examples);
    }

    /**
     * Texts of one source.
     *
     * @param verdicts how often each {@link Verdict}, in the order of the constants
     * @param histogram ITM probabilities in 20 bins from 0 to 1
     */
    public record Texts(List<Long> verdicts, List<Long> histogram) implements Serializable {
        /** Bins of {@link #histogram}. */
        public static final int BINS = 20;

        static final Texts EMPTY = new Texts(zeros(Verdict.values().length), zeros(BINS));

        public Texts {
            verdicts = List.copyOf(verdicts);
            histogram = List.copyOf(histogram);
        }

        public long count() {
            return verdicts.stream().mapToLong(Long::longValue).sum();
        }

        public long kept() {
            return verdicts.get(Verdict.KEPT.ordinal());
        }

        Texts plus(Texts other) {
            return new Texts(sum(verdicts, other.verdicts), sum(histogram, other.histogram));
        }

        private static List<Long> zeros(int n) {
            return Collections.nCopies(n, 0L);
        }

        private static List<Long> sum(List<Long> a, List<Long> b) {
            var sum = new ArrayList<Long>();
            for (int i = 0; i < a.size(); i++) {
                sum.add(a.get(i) + b.get(i));
            }
            return sum;
        }
    }

    /**
     * Busy time of each stage, in seconds; they overlap, so that their sum is more than {@code wall}. Decoding is summed over its threads.
     *
     * @param wall from the first row to the last file in its place
     */
    public record Seconds(
            double read, double decode, double encode, double generate, double filter, double write, double wall)
            implements Serializable {
        static final Seconds EMPTY = new Seconds(0, 0, 0, 0, 0, 0, 0);

        Seconds plus(Seconds other) {
            return new Seconds(
                    read + other.read,
                    decode + other.decode,
                    encode + other.encode,
                    generate + other.generate,
                    filter + other.filter,
                    write + other.write,
                    wall + other.wall);
        }
    }

    /**
     * A picture to look at.
     *
     * @param picture a small JPEG in base64
     * @param texts its texts, each with its scores and what became of it
     */
    public record Example(String key, String picture, List<ExampleText> texts) implements Serializable {
        public Example {
            texts = List.copyOf(texts);
        }

        boolean anyKept() {
            return texts.stream().anyMatch(text -> text.verdict() == Verdict.KEPT);
        }
    }

    /** A text of an {@link Example}; the ITM probability is null where there is none. */
    public record ExampleText(TextSource source, String text, @Nullable Double probability, Verdict verdict)
            implements Serializable {}

    /** The sum of both. */
    public ShardStats plus(ShardStats other) {
        var both = new ArrayList<>(problems);
        both.addAll(other.problems);
        var pictures = new ArrayList<>(examples);
        pictures.addAll(other.examples);
        return new ShardStats(
                count + other.count,
                successes + other.successes,
                errors + other.errors,
                written + other.written,
                web.plus(other.web),
                synthetic.plus(other.synthetic),
                bytes + other.bytes,
                seconds.plus(other.seconds),
                both.subList(0, Math.min(MOST_PROBLEMS, both.size())),
                pictures);
    }

    /** The same without pictures. */
    public ShardStats withoutExamples() {
        return new ShardStats(count, successes, errors, written, web, synthetic, bytes, seconds, problems, List.of());
    }

    /** As JSON text. */
    public String json() {
        return JsonMapper.shared().writeValueAsString(this);
    }

    /** What {@link #json} wrote. */
    public static ShardStats of(String json) {
        return JsonMapper.shared().readValue(json, ShardStats.class);
    }
}
