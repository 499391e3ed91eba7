package io.medley.capfilt;

import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.image.ImageFiles;
import io.medley.image.Images;
import io.medley.image.Resize;
import io.medley.image.ResizeFilter;
import io.medley.image.RgbImage;
import io.medley.shards.ShardInputs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what becomes of the rows of a shard, and picks a few to show. */
final class Tally {
    private static final int PROBLEMS = 5;
    private static final int EXAMPLES = 4;
    private static final int SHOWN_PIXELS = 160;
    private static final int SHOWN_QUALITY = 80;

    private final Map<TextSource, long[]> verdicts = new EnumMap<>(TextSource.class);
    private final Map<TextSource, long[]> histograms = new EnumMap<>(TextSource.class);
    private final List<String> problems = new ArrayList<>();
    private final List<ShardStats.Example> kept = new ArrayList<>();
    private final List<ShardStats.Example> dropped = new ArrayList<>();
    private long successes;
    private long errors;
    private long written;
    private long bytes;
    private long writeNanos;

    Tally() {
        for (var source : TextSource.values()) {
            verdicts.put(source, new long[Verdict.values().length]);
            histograms.put(source, new long[ShardStats.Texts.BINS]);
        }
    }

    void error(Row<Sample> row, String reason) {
        errors++;
        if (problems.size() < PROBLEMS) {
            problems.add(row.place() + ": " + reason);
        }
    }

    void picture(Sample sample, List<ScoredText> texts, List<Verdict> judged, boolean goesOn) {
        successes++;
        written += goesOn ? 1 : 0;
        bytes += sample.image().bytes().length;
        for (var text : sample.texts()) {
            bytes += text.getBytes(StandardCharsets.UTF_8).length;
        }
        for (int i = 0; i < texts.size(); i++) {
            var text = texts.get(i);
            count(verdicts, text.source(), judged.get(i).ordinal());
            if (!Double.isNaN(text.probability())) {
                int bin = (int) (text.probability() * ShardStats.Texts.BINS);
                count(histograms, text.source(), Math.min(bin, ShardStats.Texts.BINS - 1));
            }
        }
        var examples = judged.contains(Verdict.KEPT) ? kept : dropped;
        if (examples.size() < EXAMPLES) {
            examples.add(example(sample, texts, judged));
        }
    }

    private static void count(Map<TextSource, long[]> counts, TextSource source, int at) {
        counts.computeIfPresent(source, (key, values) -> {
            values[at]++;
            return values;
        });
    }

    void wrote(long nanos) {
        writeNanos += nanos;
    }

    private static ShardStats.Example example(Sample sample, List<ScoredText> texts, List<Verdict> judged) {
        var shown = new ArrayList<ShardStats.ExampleText>();
        for (int i = 0; i < texts.size(); i++) {
            var text = texts.get(i);
            var probability = Double.isNaN(text.probability()) ? null : text.probability();
            shown.add(new ShardStats.ExampleText(text.source(), text.text(), probability, judged.get(i)));
        }
        // Decoded a second time: keeping every picture until its verdict is known would cost more.
        var image = Images.read(sample.image().bytes(), sample.key(), ShardInputs.PICTURES);
        var jpeg = ImageFiles.encodeJpeg(small(image), SHOWN_QUALITY);
        return new ShardStats.Example(sample.key(), Base64.getEncoder().encodeToString(jpeg), shown);
    }

    private static RgbImage small(RgbImage image) {
        double scale = Math.min(1, (double) SHOWN_PIXELS / Math.max(image.width(), image.height()));
        return Resize.resize(
                image,
                Math.max(1, (int) Math.round(image.width() * scale)),
                Math.max(1, (int) Math.round(image.height() * scale)),
                ResizeFilter.BILINEAR);
    }

    /** @param busy the stages' times; writing is added here */
    ShardStats stats(ShardStats.Seconds busy, double wall) {
        var examples = new ArrayList<>(kept);
        examples.addAll(dropped);
        return new ShardStats(
                successes + errors,
                successes,
                errors,
                written,
                texts(TextSource.WEB),
                texts(TextSource.SYNTHETIC),
                bytes,
                new ShardStats.Seconds(
                        busy.read(),
                        busy.decode(),
                        busy.encode(),
                        busy.generate(),
                        busy.filter(),
                        writeNanos / 1e9,
                        wall),
                problems,
                examples);
    }

    private ShardStats.Texts texts(TextSource source) {
        return new ShardStats.Texts(list(verdicts, source), list(histograms, source));
    }

    private static List<Long> list(Map<TextSource, long[]> counts, TextSource source) {
        return Arrays.stream(counts.getOrDefault(source, new long[0])).boxed().toList();
    }
}
