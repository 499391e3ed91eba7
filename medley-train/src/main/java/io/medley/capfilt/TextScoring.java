package io.medley.capfilt;

import io.medley.image.RgbImage;
import io.medley.task.Embedder;
import io.medley.task.PairScore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Scores the texts of a batch by the filter, and by a CLIP model if there is one. */
final class TextScoring {
    private final CapFiltModels models;

    TextScoring(CapFiltModels models) {
        this.models = models;
    }

    /** The same texts with their scores; blank ones stay without. */
    List<List<ScoredText>> score(PictureBatch batch, List<List<ScoredText>> texts) {
        var asked = texts.stream().map(TextScoring::worthAsking).toList();
        var scores = models.filter().match(batch.forFilter(), asked);
        var clip =
                models.clip().map(embedder -> cosines(embedder, batch, asked)).orElse(List.of());
        var scored = new ArrayList<List<ScoredText>>();
        for (int i = 0; i < texts.size(); i++) {
            scored.add(join(
                    texts.get(i),
                    scores.get(i).iterator(),
                    clip.isEmpty() ? null : clip.get(i).iterator()));
        }
        return scored;
    }

    private static List<String> worthAsking(List<ScoredText> texts) {
        return texts.stream()
                .map(ScoredText::text)
                .filter(text -> !text.isBlank())
                .toList();
    }

    private static List<ScoredText> join(
            List<ScoredText> texts, Iterator<PairScore> scores, @Nullable Iterator<Double> clip) {
        var scored = new ArrayList<ScoredText>();
        for (var text : texts) {
            if (text.text().isBlank()) {
                scored.add(text);
                continue;
            }
            var score = scores.next();
            scored.add(new ScoredText(
                    text.source(),
                    text.sample(),
                    text.text(),
                    text.logProbability(),
                    score.probability(),
                    score.logit(),
                    score.cosine(),
                    clip == null ? Double.NaN : clip.next()));
        }
        return scored;
    }

    private static List<List<Double>> cosines(Embedder embedder, PictureBatch batch, List<List<String>> texts) {
        List<RgbImage> images = new ArrayList<>();
        batch.usable()
                .forEach(picture -> images.add(Objects.requireNonNull(
                        Objects.requireNonNull(picture.prepared()).image())));
        float[][] pictures = embedder.images(images);
        float[][] vectors = embedder.texts(texts.stream().flatMap(List::stream).toList());
        var cosines = new ArrayList<List<Double>>();
        int next = 0;
        for (int i = 0; i < pictures.length; i++) {
            var some = new ArrayList<Double>();
            for (int t = 0; t < texts.get(i).size(); t++) {
                some.add(cosine(pictures[i], vectors[next++]));
            }
            cosines.add(some);
        }
        return cosines;
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double lengths = 0;
        double other = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            lengths += (double) a[i] * a[i];
            other += (double) b[i] * b[i];
        }
        double length = Math.sqrt(lengths * other);
        return length == 0 ? 0 : Math.max(-1, Math.min(1, dot / length));
    }
}
