package io.medley.model.reference.core;

import io.medley.metric.CaptionScores;
import io.medley.metric.Recall;
import io.medley.metric.VqaAccuracy;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.model.reference.Tolerance;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The metrics of others: {@code pycocoevalcap} on {@code captions.json}, both VQA evaluators on {@code vqa.json}, {@code itm_eval} of
 * salesforce/BLIP on {@code retrieval.json} with the scores of {@code retrieval.safetensors}.
 */
public final class MetricsReplay implements Replay {
    private static final String CAPTIONS = "captions.json";
    private static final String VQA = "vqa.json";
    private static final String RETRIEVAL = "retrieval.json";
    private static final String SCORES = "retrieval.safetensors";

    /** These are sums of few doubles. */
    private static final Tolerance DOUBLE = new Tolerance(1e-9, 1e-9);

    @Override
    public String name() {
        return "metrics";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.config().isMissingNode() && ReferenceDirectory.holdsMetrics(directory.path());
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var files = directory.files();
        files.json(CAPTIONS).ifPresent(json -> results.part("captions", () -> captions(json, results)));
        files.json(VQA).ifPresent(json -> results.part("vqa", () -> vqa(json, results)));
        files.json(RETRIEVAL).ifPresent(json -> results.part("retrieval", () -> retrieval(directory, json, results)));
    }

    private static void compare(Comparison results, String name, double wanted, double actual) {
        results.compare(name, Tensor.scalar(wanted), Tensor.scalar(actual), DOUBLE);
    }

    private static void captions(JsonNode json, Comparison results) {
        var references = new ArrayList<List<String>>();
        var captions = new ArrayList<String>();
        for (var item : json.path("items")) {
            references.add(Lines.strings(item.path("references")));
            captions.add(item.path("hypothesis").asString());
        }
        var scores = CaptionScores.ofTokens(references, captions);
        figures(results, "corpus", json.path("corpus"), scores.corpus());
        for (int i = 0; i < captions.size(); i++) {
            figures(
                    results,
                    "item." + i,
                    json.path("items").path(i),
                    scores.items().get(i));
        }
    }

    /** Compares every number of an object; one that is not computed here fails. */
    private static void figures(Comparison results, String name, JsonNode wanted, Map<String, Double> actual) {
        for (var entry : wanted.properties()) {
            if (entry.getValue().isNumber() && !entry.getKey().equals("id")) {
                double value = actual.getOrDefault(entry.getKey(), Double.NaN);
                compare(results, name + "." + entry.getKey(), entry.getValue().asDouble(), value);
            }
        }
    }

    private static void vqa(JsonNode json, Comparison results) {
        for (var rules : List.of(VqaAccuracy.Rules.OFFICIAL, VqaAccuracy.Rules.LAVIS)) {
            vqa(json, results, rules);
        }
        var official = new VqaAccuracy(VqaAccuracy.Rules.OFFICIAL);
        for (var line : json.path("normalisation")) {
            var text = line.path("text").asString();
            var punctuation = official.withoutPunctuation(
                    text.replace('\n', ' ').replace('\t', ' ').strip());
            results.checkText(
                    "normalisation \"" + text + "\"",
                    List.of(
                            line.path("processPunctuation").asString(),
                            line.path("processDigitArticle").asString()),
                    List.of(punctuation, official.plainWords(punctuation)));
        }
    }

    private static void vqa(JsonNode json, Comparison results, VqaAccuracy.Rules rules) {
        var key = rules.name().toLowerCase(Locale.ROOT);
        var accuracy = new VqaAccuracy(rules);
        var overall = new Mean();
        var byType = Map.of(
                "question_type", new LinkedHashMap<String, Mean>(), "answer_type", new LinkedHashMap<String, Mean>());
        for (var line : json.path("cases")) {
            double score = accuracy.score(line.path("prediction").asString(), Lines.strings(line.path("answers")));
            compare(
                    results,
                    key + "." + line.path("question_id").asString(),
                    line.path(key).asDouble(),
                    percent(score));
            overall.add(score);
            byType.forEach(
                    (type, means) -> means.computeIfAbsent(line.path(type).asString(), t -> new Mean())
                            .add(score));
        }
        var wanted = json.path(key);
        compare(results, key + ".overall", wanted.path("overall").asDouble(), overall.percent());
        types(
                results,
                key,
                wanted.path("perQuestionType"),
                byType.getOrDefault("question_type", new LinkedHashMap<>()));
        types(results, key, wanted.path("perAnswerType"), byType.getOrDefault("answer_type", new LinkedHashMap<>()));
    }

    private static void types(Comparison results, String key, JsonNode wanted, Map<String, Mean> means) {
        for (var entry : wanted.properties()) {
            double actual = means.getOrDefault(entry.getKey(), new Mean()).percent();
            compare(results, key + "." + entry.getKey(), entry.getValue().asDouble(), actual);
        }
    }

    private static final class Mean {
        private double sum;
        private int count;

        void add(double value) {
            sum += value;
            count++;
        }

        double percent() {
            return MetricsReplay.percent(sum / count);
        }
    }

    /** Rounded to two places as Python rounds. */
    private static double percent(double share) {
        return Double.isNaN(share)
                ? share
                : new BigDecimal(100 * share)
                        .setScale(2, RoundingMode.HALF_EVEN)
                        .doubleValue();
    }

    private static void retrieval(ReferenceDirectory directory, JsonNode json, Comparison results) throws IOException {
        var scores = directory.tensors(SCORES);
        for (var entry : json.properties()) {
            var texts = recall(
                    scores.load(entry.getKey() + ".scores_i2t"),
                    entry.getValue().path("img2txt"));
            var images = recall(
                    scores.load(entry.getKey() + ".scores_t2i"),
                    entry.getValue().path("txt2img"));
            figures(results, entry.getKey(), entry.getValue().path("result"), Recall.figures(texts, images));
        }
    }

    private static Recall recall(Tensor scores, JsonNode right) {
        float[] flat = scores.toFloats();
        int columns = Math.toIntExact(scores.size(1));
        var rows = new float[Math.toIntExact(scores.size(0))][];
        for (int r = 0; r < rows.length; r++) {
            rows[r] = java.util.Arrays.copyOfRange(flat, r * columns, (r + 1) * columns);
        }
        return Recall.of(rows, partners(right));
    }

    /** Right partners of every query, from {@code {"0": 3, …}} or {@code {"0": [3, 4], …}}. */
    public static List<int[]> partners(JsonNode right) {
        var partners = new ArrayList<int[]>();
        for (int i = 0; i < right.size(); i++) {
            var value = right.path(Integer.toString(i));
            partners.add(
                    value.isArray()
                            ? value.valueStream().mapToInt(JsonNode::asInt).toArray()
                            : new int[] {value.asInt()});
        }
        return partners;
    }
}
