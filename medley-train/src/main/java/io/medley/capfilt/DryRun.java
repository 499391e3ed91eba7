package io.medley.capfilt;

import io.medley.checkpoint.AtomicFile;
import io.medley.shards.LocalStorage;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;

/** Works on the first rows of a few shards, writes nothing but a report, and says what the whole would take. */
public final class DryRun {
    private static final int SHARDS = 4;

    // A member of a tar has a header of 512 bytes and is filled up to a multiple of that; three members a sample.
    private static final long PER_SAMPLE = 3 * (512 + 256);

    private DryRun() {}

    /**
     * What the whole would take, at the speed of the sample.
     *
     * @param sample what came of the rows tried
     * @param rows rows of the whole; -1 where nobody knows (addresses, compressed shards)
     * @param seconds time of the whole, with one worker; NaN where rows are not known
     * @param written samples of the output; -1 likewise
     */
    public record Estimate(ShardStats sample, long rows, double seconds, long written) {
        /** For people, on one line. */
        public String line() {
            var rate = String.format(
                    Locale.ROOT,
                    "%d rows tried, %.1f a second, %.1f %% of web and %.1f %% of synthetic texts kept",
                    sample.count(),
                    sample.count() / sample.seconds().wall(),
                    percent(sample.web()),
                    percent(sample.synthetic()));
            return rows < 0
                    ? rate + "; how many rows there are in all is not known before they are read"
                    : rate
                            + String.format(
                                    Locale.ROOT,
                                    "; the whole, about %,d rows, would take %.1f hours with one worker and give about %,d"
                                            + " samples",
                                    rows,
                                    seconds / 3600,
                                    written);
        }

        private static double percent(ShardStats.Texts texts) {
            return texts.count() == 0 ? 0 : 100.0 * texts.kept() / texts.count();
        }
    }

    /**
     * Tries some rows.
     *
     * @param rows rows to try, taken from the start of up to four shards spread over the input
     * @param report where the page goes
     */
    public static Estimate run(
            CapFiltModels models,
            ShardStorage storage,
            CapFiltSettings settings,
            List<ShardInput> inputs,
            long rows,
            Path report,
            LongConsumer progress)
            throws IOException, InterruptedException {
        int shards = Math.min(SHARDS, inputs.size());
        var total = ShardStats.EMPTY;
        var folder = Files.createTempDirectory("medley-dry-run-");
        try {
            for (int i = 0; i < shards; i++) {
                var input = inputs.get((int) ((long) i * inputs.size() / shards));
                long share = rows * (i + 1) / shards - rows * i / shards;
                var job = new ShardJob(input.head(share), folder.toString(), settings);
                total = total.plus(job.run(models, storage, progress));
            }
        } finally {
            LocalStorage.delete(folder);
        }
        var estimate = estimate(total, inputs);
        var page =
                new RunReport(settings, total, shards, Map.of(), total.seconds().wall());
        write(report, page.html("CapFilt: dry run", "<p>" + estimate.line() + ".</p>\n"));
        return estimate;
    }

    private static Estimate estimate(ShardStats sample, List<ShardInput> inputs) throws IOException {
        long rows = rows(sample, inputs);
        if (rows < 0) {
            return new Estimate(sample, -1, Double.NaN, -1);
        }
        double perRow = sample.seconds().wall() / Math.max(1, sample.count());
        return new Estimate(sample, rows, rows * perRow, rows * sample.written() / Math.max(1, sample.count()));
    }

    /** From the sizes of the shards and of the samples tried. */
    private static long rows(ShardStats sample, List<ShardInput> inputs) throws IOException {
        if (sample.successes() == 0) {
            return -1;
        }
        long perSample = sample.bytes() / sample.successes() + PER_SAMPLE;
        long bytes = 0;
        long listed = 0;
        for (var input : inputs) {
            if (input.rows() != ShardInput.ALL) {
                listed += input.rows();
                continue;
            }
            if (ShardInputs.isRemote(input.source()) || !input.source().endsWith(".tar")) {
                return -1;
            }
            bytes += Files.size(Path.of(input.source()));
        }
        return listed + bytes / perSample;
    }

    private static void write(Path file, String text) throws IOException {
        try (var out = new AtomicFile(file)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.commit();
        }
    }
}
