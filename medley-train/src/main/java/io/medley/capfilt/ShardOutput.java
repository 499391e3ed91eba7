package io.medley.capfilt;

import com.jerolba.carpet.CarpetWriter;
import io.medley.data.Sample;
import io.medley.data.ShardWriter;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Judges finished rows and writes them: pictures with kept texts into the shard, all texts and errors into the side-car. */
final class ShardOutput {
    private final CapFiltSettings settings;
    private final ShardWriter shard;
    private final CarpetWriter<SideCarRow> sideCar;
    private final Tally tally;

    ShardOutput(CapFiltSettings settings, ShardWriter shard, CarpetWriter<SideCarRow> sideCar, Tally tally) {
        this.settings = settings;
        this.shard = shard;
        this.sideCar = sideCar;
        this.tally = tally;
    }

    void add(Picture.Done row) throws IOException {
        long start = System.nanoTime();
        var picture = row.picture();
        if (picture.error() != null) {
            sideCar.write(errorRow(row, picture.error()));
            tally.error(picture.row(), picture.error());
        } else {
            var verdicts = settings.policy().judge(row.texts());
            for (int i = 0; i < verdicts.size(); i++) {
                sideCar.write(textRow(row, row.texts().get(i), verdicts.get(i)));
            }
            boolean written = write(picture.sample(), row.texts(), verdicts);
            tally.picture(picture.sample(), row.texts(), verdicts, written);
        }
        tally.wrote(System.nanoTime() - start);
    }

    private boolean write(Sample sample, List<ScoredText> texts, List<Verdict> verdicts) throws IOException {
        Optional<ScoredText> best = IntStream.range(0, texts.size())
                .filter(i -> verdicts.get(i) == Verdict.KEPT)
                .mapToObj(texts::get)
                .min(settings.policy().order());
        if (best.isEmpty() && !settings.keepAll()) {
            return false;
        }
        var metadata = sample.metadata();
        best.ifPresent(text -> metadata.put("caption", text.text()));
        describe(metadata.putObject("capfilt"), texts, verdicts);
        shard.add(sample.key(), sample.image(), best.map(ScoredText::text), metadata);
        return true;
    }

    private void describe(ObjectNode json, List<ScoredText> texts, List<Verdict> verdicts) {
        json.put("settings", settings.hash());
        var kept = json.putArray("kept");
        var all = json.putArray("texts");
        for (int i = 0; i < texts.size(); i++) {
            var text = texts.get(i);
            if (verdicts.get(i) == Verdict.KEPT) {
                kept.add(text.text());
            }
            var entry = all.addObject();
            entry.put("source", text.source().word()).put("text", text.text());
            number(entry, "log_probability", text.logProbability());
            number(entry, "itm_probability", text.probability());
            number(entry, "itm_logit", text.logit());
            number(entry, "itc_cosine", text.cosine());
            number(entry, "clip_score", text.clip());
            entry.put("kept", verdicts.get(i) == Verdict.KEPT)
                    .put("reason", verdicts.get(i).word());
        }
    }

    private static void number(ObjectNode json, String name, double value) {
        if (!Double.isNaN(value)) {
            json.put(name, value);
        }
    }

    private SideCarRow errorRow(Picture.Done row, String error) {
        var place = row.picture().row();
        return new SideCarRow(
                place.key(),
                place.place().row(),
                null,
                0,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                SideCarRow.ERROR,
                error,
                millis(row.picture().decodeNanos()),
                null,
                null,
                null);
    }

    private SideCarRow textRow(Picture.Done row, ScoredText text, Verdict verdict) {
        var place = row.picture().row();
        return new SideCarRow(
                place.key(),
                place.place().row(),
                text.source().word(),
                text.sample(),
                text.text(),
                orNull(text.logProbability()),
                orNull(text.probability()),
                orNull(text.logit()),
                orNull(text.cosine()),
                orNull(text.clip()),
                verdict == Verdict.KEPT,
                verdict.word(),
                null,
                millis(row.picture().decodeNanos()),
                millis(row.encodeNanos()),
                millis(row.generateNanos()),
                millis(row.filterNanos()));
    }

    private @Nullable Double millis(long nanos) {
        return settings.timings() ? nanos / 1e6 : null;
    }

    private static @Nullable Double orNull(double value) {
        return Double.isNaN(value) ? null : value;
    }
}
