package io.medley.capfilt;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.Models;
import io.medley.scenes.CaptionJudge;
import io.medley.scenes.PictureFormat;
import io.medley.scenes.SceneRange;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneWriter;
import io.medley.scenes.Scenes;
import io.medley.scenes.WebNoise;
import io.medley.shards.LocalStorage;
import io.medley.shards.ShardInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the embedded model's filter and captioner are worth on the web split, whose noise is known. Prints the tables of {@code
 * docs/results/bootstrapping.md}. Judges {@code -Dmedley.capfilt.out=DIR}, the output of a run over the split's first scenes, or makes one
 * of 500.
 */
@Tag("slow")
class FilterProofTest {
    private static final int PICTURES = 500;

    @TempDir
    Path folder;

    /** A text, what is known of it, and what the filter says. */
    private record Judged(boolean web, WebNoise noise, boolean truthful, double probability) {}

    @Test
    void noiseIsDroppedAndCleanTextsAreKept() throws Exception {
        var texts = judged(output());
        for (double threshold : new double[] {0.5, 0.8, 0.95}) {
            System.out.printf(
                    Locale.ROOT, "%nthreshold %.2f: noise, texts, kept, dropped, precision against clean%n", threshold);
            long cleanKept = kept(texts, WebNoise.CLEAN, threshold);
            for (var noise : WebNoise.values()) {
                long kept = kept(texts, noise, threshold);
                long all = count(texts, t -> t.web() && t.noise() == noise);
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %d | %.3f | %.3f | %.3f |%n",
                        noise.word(),
                        all,
                        (double) kept / all,
                        1 - (double) kept / all,
                        (double) cleanKept / Math.max(1, cleanKept + (noise == WebNoise.CLEAN ? 0 : kept)));
            }
            truth("web", texts, true, threshold);
            truth("synthetic", texts, false, threshold);
        }
        assertThat(share(texts, WebNoise.CLEAN)).as("clean texts kept").isGreaterThan(0.5);
        for (var noise : List.of(WebNoise.UNRELATED, WebNoise.BOILERPLATE, WebNoise.FILE_NAME)) {
            assertThat(share(texts, noise)).as(noise.word() + " kept").isLessThan(0.2);
        }
    }

    private static void truth(String name, List<Judged> texts, boolean web, double threshold) {
        long kept = count(texts, t -> t.web() == web && t.probability() >= threshold);
        long keptTrue = count(texts, t -> t.web() == web && t.probability() >= threshold && t.truthful());
        long dropped = count(texts, t -> t.web() == web && t.probability() < threshold);
        long droppedTrue = count(texts, t -> t.web() == web && t.probability() < threshold && t.truthful());
        System.out.printf(
                Locale.ROOT,
                "| %s truthful | all %.3f (%d) | kept %.3f (%d) | dropped %.3f (%d) |%n",
                name,
                (double) (keptTrue + droppedTrue) / (kept + dropped),
                kept + dropped,
                (double) keptTrue / Math.max(1, kept),
                kept,
                (double) droppedTrue / Math.max(1, dropped),
                dropped);
    }

    private static long count(List<Judged> texts, Predicate<Judged> which) {
        return texts.stream().filter(which).count();
    }

    private static long kept(List<Judged> texts, WebNoise noise, double threshold) {
        return count(texts, t -> t.web() && t.noise() == noise && t.probability() >= threshold);
    }

    private static double share(List<Judged> texts, WebNoise noise) {
        return (double) kept(texts, noise, 0.5) / count(texts, t -> t.web() && t.noise() == noise);
    }

    private static List<Judged> judged(Path out) throws IOException {
        var scenes = Scenes.of(SceneSplit.WEB);
        var noises = new HashMap<Long, WebNoise>();
        var texts = new ArrayList<Judged>();
        for (var row : rows(out)) {
            long index = index(row);
            var noise = noises.computeIfAbsent(
                    index,
                    i -> scenes.sample(i, Scenes.MIN_SIZE).web().orElseThrow().noise());
            boolean truthful = CaptionJudge.judge(String.valueOf(row.text()), scenes.scene(index))
                    .truthful();
            double probability = row.itmProbability() == null ? 0 : row.itmProbability();
            texts.add(new Judged("web".equals(row.source()), noise, truthful, probability));
        }
        return texts;
    }

    private Path output() throws IOException, InterruptedException {
        var given = System.getProperty("medley.capfilt.out", "");
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        var range = new SceneRange(SceneSplit.WEB, 0, PICTURES, 128, PictureFormat.JPEG);
        new SceneWriter(range, folder.resolve("web"), done -> {}).writeShards(PICTURES);
        try (var models = CapFiltModels.load(Models.registry(), "scenes", "scenes", null, 1)) {
            var settings =
                    models.settings(CapFiltSettings.paperCaptions(1, 0), new Policy.Paper(0.5), 16, false, false);
            var input =
                    ShardInputs.find(List.of(folder.resolve("web").toString())).get(0);
            new ShardJob(input, folder.resolve("out").toString(), settings)
                    .run(models, new LocalStorage(), ShardJob.QUIET);
        }
        return folder.resolve("out");
    }

    private static List<SideCarRow> rows(Path out) throws IOException {
        var rows = new ArrayList<SideCarRow>();
        try (Stream<Path> files = Files.list(out)) {
            for (var file : files.filter(f -> f.toString().endsWith(".parquet")).toList()) {
                try (var some = SideCar.read(file)) {
                    some.forEachRemaining(rows::add);
                }
            }
        }
        return rows;
    }

    /** Keys are the shard's number and the row in it; shards of {@code medley scenes} hold equally many. */
    private static long index(SideCarRow row) {
        long shard = Long.parseLong(row.key().substring(0, 5));
        return shard * Integer.getInteger("medley.capfilt.shard", PICTURES) + row.row();
    }
}
