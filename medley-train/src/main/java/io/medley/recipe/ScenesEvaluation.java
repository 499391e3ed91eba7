package io.medley.recipe;

import io.medley.image.RgbImage;
import io.medley.metric.Cider;
import io.medley.metric.Ranking;
import io.medley.scenes.CaptionJudge;
import io.medley.scenes.Question;
import io.medley.scenes.Questions;
import io.medley.scenes.SceneSample;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.task.AnswerOptions;
import io.medley.task.Answerer;
import io.medley.task.CaptionOptions;
import io.medley.task.Captioner;
import io.medley.task.Embedder;
import io.medley.task.Match;
import io.medley.task.Matcher;
import io.medley.task.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How well a model knows the small world: captions, matching, retrieval and answers on scenes it has not seen. */
public final class ScenesEvaluation {
    private static final int BATCH = 32;

    private final Model model;
    private final int size;

    /** Evaluates at pictures of {@code size} × {@code size} pixels whatever tasks the model offers. */
    public ScenesEvaluation(Model model, int size) {
        this.model = model;
        this.size = size;
    }

    /** Figures by name for the first {@code count} samples of a split. */
    public Map<String, Double> run(SceneSplit split, int count) {
        var samples = new ArrayList<SceneSample>();
        var scenes = Scenes.of(split);
        for (int i = 0; i < count; i++) {
            samples.add(scenes.sample(i, size));
        }
        var figures = new LinkedHashMap<String, Double>();
        model.captioner().ifPresent(c -> captions(c, samples, figures));
        model.matcher().ifPresent(m -> matching(m, samples, figures));
        model.embedder().ifPresent(e -> retrieval(e, samples, figures));
        model.answerer().ifPresent(a -> answers(a, samples, figures));
        return figures;
    }

    private static List<RgbImage> images(List<SceneSample> samples) {
        return samples.stream().map(SceneSample::image).toList();
    }

    private static <T> List<List<T>> batches(List<T> all) {
        var parts = new ArrayList<List<T>>();
        for (int i = 0; i < all.size(); i += BATCH) {
            parts.add(all.subList(i, Math.min(all.size(), i + BATCH)));
        }
        return parts;
    }

    private static void captions(Captioner captioner, List<SceneSample> samples, Map<String, Double> figures) {
        var texts = new ArrayList<String>();
        for (var batch : batches(samples)) {
            captioner
                    .caption(images(batch), CaptionOptions.beam(3))
                    .forEach(c -> texts.add(c.get(0).text()));
        }
        var sums = new double[11];
        int truthful = 0;
        for (int i = 0; i < samples.size(); i++) {
            var v = CaptionJudge.judge(texts.get(i), samples.get(i).scene());
            truthful += v.truthful() ? 1 : 0;
            int[] counts = {
                v.pairsRight(),
                v.pairsSaid(),
                v.pairsThere(),
                v.kindsRight(),
                v.kindsSaid(),
                v.kindsThere(),
                v.colorsRight(),
                v.colorsSaid(),
                v.countsRight(),
                v.countsSaid(),
                v.relationsRight()
            };
            for (int k = 0; k < counts.length; k++) {
                sums[k] += counts[k];
            }
        }
        double relationsSaid = 0;
        for (int i = 0; i < samples.size(); i++) {
            relationsSaid +=
                    CaptionJudge.judge(texts.get(i), samples.get(i).scene()).relationsSaid();
        }
        figures.put("caption truthful", (double) truthful / samples.size());
        figures.put("caption kind+colour F1", 2 * sums[0] / (sums[1] + sums[2]));
        figures.put("caption kind F1", 2 * sums[3] / (sums[4] + sums[5]));
        figures.put("caption colour accuracy", sums[6] / sums[7]);
        figures.put("caption count accuracy", sums[8] / sums[9]);
        if (relationsSaid > 0) {
            figures.put("caption relation accuracy", sums[10] / relationsSaid);
        }
        figures.put("caption relations said", relationsSaid);
        var references = samples.stream().map(SceneSample::captions).toList();
        figures.put("caption CIDEr", new Cider(references).corpus(texts));
    }

    /** Every picture with its first caption and with that of another picture. */
    private static void matching(Matcher matcher, List<SceneSample> samples, Map<String, Double> figures) {
        var right = new ArrayList<Double>();
        var wrong = new ArrayList<Double>();
        int shift = samples.size() / 2 + 1;
        for (int start = 0; start < samples.size(); start += BATCH) {
            var batch = samples.subList(start, Math.min(samples.size(), start + BATCH));
            var own = new ArrayList<String>();
            var other = new ArrayList<String>();
            for (int i = 0; i < batch.size(); i++) {
                own.add(batch.get(i).captions().get(0));
                other.add(samples.get((start + i + shift) % samples.size())
                        .captions()
                        .get(0));
            }
            matcher.pairs(images(batch), own).stream().map(Match::probability).forEach(right::add);
            matcher.pairs(images(batch), other).stream().map(Match::probability).forEach(wrong::add);
        }
        var positives = right.stream().mapToDouble(d -> d).toArray();
        var negatives = wrong.stream().mapToDouble(d -> d).toArray();
        figures.put("ITM AUC", Ranking.auc(positives, negatives));
    }

    private static void retrieval(Embedder embedder, List<SceneSample> samples, Map<String, Double> figures) {
        var images = new ArrayList<float[]>();
        var texts = new ArrayList<float[]>();
        for (var batch : batches(samples)) {
            images.addAll(List.of(embedder.images(images(batch))));
            texts.addAll(List.of(
                    embedder.texts(batch.stream().map(s -> s.captions().get(0)).toList())));
        }
        var scores = new float[images.size()][texts.size()];
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores[i].length; j++) {
                float dot = 0;
                for (int k = 0; k < images.get(i).length; k++) {
                    dot += images.get(i)[k] * texts.get(j)[k];
                }
                scores[i][j] = dot;
            }
        }
        for (int k : new int[] {1, 5, 10}) {
            figures.put("text retrieval R@" + k, Ranking.recallAt(k, scores));
        }
        for (int k : new int[] {1, 5, 10}) {
            figures.put("image retrieval R@" + k, Ranking.recallAt(k, Ranking.transpose(scores)));
        }
    }

    private static void answers(Answerer answerer, List<SceneSample> samples, Map<String, Double> figures) {
        var options = AnswerOptions.rank(List.copyOf(Questions.answers())).withTop(1);
        var right = new TreeMap<String, Integer>();
        var asked = new TreeMap<String, Integer>();
        var pictures = new ArrayList<RgbImage>();
        var questions = new ArrayList<Question>();
        for (var sample : samples) {
            for (var question : sample.questions()) {
                pictures.add(sample.image());
                questions.add(question);
            }
        }
        for (int start = 0; start < questions.size(); start += BATCH) {
            int end = Math.min(questions.size(), start + BATCH);
            var batch = questions.subList(start, end);
            var given = answerer.answer(
                    pictures.subList(start, end),
                    batch.stream().map(Question::text).toList(),
                    options);
            for (int i = 0; i < batch.size(); i++) {
                var type = batch.get(i).type().name().toLowerCase(Locale.ROOT);
                asked.merge(type, 1, Integer::sum);
                right.merge(type, given.get(i).get(0).text().equals(batch.get(i).answer()) ? 1 : 0, Integer::sum);
            }
        }
        double all = right.values().stream().mapToInt(n -> n).sum();
        figures.put("VQA accuracy", all / questions.size());
        asked.forEach((type, n) -> figures.put("VQA " + type, right.getOrDefault(type, 0) / (double) n));
    }
}
