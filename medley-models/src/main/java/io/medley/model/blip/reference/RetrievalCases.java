package io.medley.model.blip.reference;

import io.medley.loss.Gather;
import io.medley.loss.HardNegatives;
import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipRetrieval;
import io.medley.model.blip.BlipRetrievalScores;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Tolerance;
import io.medley.nn.Trace;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** {@code BLIP_Retrieval.forward} with both ways to draw negatives, then {@code evaluation} and {@code itm_eval}. */
final class RetrievalCases {
    private static final String ALL_RANKS = "negative_all_rank.";

    private final ReferenceDirectory directory;
    private final Comparison results;
    private final BlipConfigJson.Setup setup;

    private RetrievalCases(ReferenceDirectory directory, Comparison results) {
        this.directory = directory;
        this.results = results;
        this.setup = BlipConfigJson.upstream(directory.config());
    }

    static void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var cases = new RetrievalCases(directory, results);
        results.part("loss", () -> cases.losses("", false));
        if (results.has(ALL_RANKS + "loss_ita")) {
            results.part(ALL_RANKS + "loss", () -> cases.losses(ALL_RANKS, true));
        }
        if (results.has("eval.images")) {
            results.part("eval", cases::evaluation);
        }
    }

    private io.medley.model.ModelWeights.Built<BlipRetrieval> model(boolean allRanks) throws IOException {
        var options = new BlipRetrieval.Options(
                directory.config().path("queue_size").asInt(),
                directory.config().path("momentum").asDouble(),
                allRanks);
        return Loaded.trainable(directory, w -> new BlipRetrieval(w, setup.config(), setup.tokens(), options));
    }

    private void losses(String prefix, boolean allRanks) throws IOException {
        var loaded = model(allRanks);
        var ids = results.input("input_ids");
        if (!allRanks) {
            results.check(
                    "input_ids",
                    new Texts(directory, setup).ids(Texts.strings(directory, "captions"), ids.size(1), -1));
        }
        var batch = new BlipRetrieval.Batch(
                results.input("image"), ids, results.input("attention_mask"), results.input("idx"));
        try (var trace = Trace.of(Steps.ALL)) {
            var losses =
                    loaded.model().losses(batch, results.input("alpha").item(), HardNegatives.hardest(), Gather.SINGLE);
            results.check(prefix + "loss_ita", losses.itc());
            results.check(prefix + "loss_itm", losses.itm());
            for (var name : List.of("weights_t2i", "weights_i2t", "neg_image_idx", "neg_text_idx", "itm_logits")) {
                results.checkIfPresent(prefix + name, trace.get(name));
            }
            PretrainingCases.after(results, loaded, prefix + "after.");
            losses.total().backward();
        }
        if (!allRanks) {
            Steps.gradients(results, loaded.weights());
        }
    }

    private void evaluation() throws IOException {
        var matcher = model(true).model().matcher();
        var embeds = matcher.vision().forward(results.input("eval.images"));
        var ids = results.input("eval.input_ids");
        var mask = results.input("eval.attention_mask");
        results.check(
                "eval.input_ids",
                new Texts(directory, setup)
                        .ids(
                                Texts.strings(directory, "eval_texts"),
                                ids.size(1),
                                // The original overwrites the first token after the text features were made.
                                ids.narrow(0, 0, 1).narrow(1, 0, 1).itemLong()));
        var cls = ids.copy();
        cls.narrow(1, 0, 1).fill_(setup.tokens().cls());
        results.check("eval.image_feats", matcher.imageFeatures(embeds));
        results.check("eval.text_feats", matcher.textFeatures(cls, mask));
        int k = Math.toIntExact(results.input("eval.k_test").itemLong());
        var scores = BlipRetrievalScores.of(
                matcher, setup.tokens(), embeds, cls, mask, k, BlipRetrievalScores.Formula.LOGIT_PLUS_COSINE);
        results.check("eval.scores_i2t", tensor(scores.imageToText()));
        results.check("eval.scores_t2i", tensor(scores.textToImage()));
        recall(scores);
    }

    private void recall(BlipRetrievalScores scores) {
        var expected = directory.cases().path("eval_result");
        if (expected.isMissingNode()) {
            return;
        }
        var values = new TreeMap<String, Double>();
        recall(values, "txt_r", ranks(scores.imageToText(), owners("eval_img2txt")));
        recall(values, "img_r", ranks(scores.textToImage(), owners("eval_txt2img")));
        values.put("r_mean", (values.getOrDefault("txt_r_mean", 0.0) + values.getOrDefault("img_r_mean", 0.0)) / 2);
        for (var entry : expected.properties()) {
            results.compare(
                    "eval_result." + entry.getKey(),
                    Tensor.scalar(entry.getValue().asDouble()),
                    Tensor.scalar(values.getOrDefault(entry.getKey(), Double.NaN)),
                    Tolerance.FLOAT32);
        }
    }

    private static void recall(TreeMap<String, Double> values, String prefix, List<Integer> ranks) {
        double sum = 0;
        for (int at : new int[] {1, 5, 10}) {
            double recall = 100.0 * ranks.stream().filter(rank -> rank < at).count() / ranks.size();
            values.put(prefix + at, recall);
            sum += recall;
        }
        values.put(prefix + "_mean", sum / 3);
    }

    /** Right partners by position of the query. */
    private List<Set<Integer>> owners(String key) {
        var owners = new ArrayList<Set<Integer>>();
        var node = directory.cases().path(key);
        for (int i = 0; i < node.size(); i++) {
            var right = new HashSet<Integer>();
            var value = node.path(Integer.toString(i));
            if (value.isArray()) {
                value.forEach(v -> right.add(v.asInt()));
            } else {
                right.add(value.asInt());
            }
            owners.add(right);
        }
        return owners;
    }

    /** The best place of a right partner, from 0. */
    private static List<Integer> ranks(float[][] scores, List<Set<Integer>> right) {
        var ranks = new ArrayList<Integer>();
        for (int q = 0; q < scores.length; q++) {
            int best = Integer.MAX_VALUE;
            for (int partner : right.get(q)) {
                int rank = 0;
                for (int other = 0; other < scores[q].length; other++) {
                    boolean before = scores[q][other] > scores[q][partner]
                            || (scores[q][other] == scores[q][partner] && other > partner);
                    rank += before ? 1 : 0;
                }
                best = Math.min(best, rank);
            }
            ranks.add(best);
        }
        return ranks;
    }

    private static Tensor tensor(float[][] rows) {
        int columns = rows[0].length;
        var flat = new float[rows.length * columns];
        for (int r = 0; r < rows.length; r++) {
            System.arraycopy(rows[r], 0, flat, r * columns, columns);
        }
        return Tensor.of(flat, rows.length, columns);
    }
}
