package io.medley.model.blip.reference;

import io.medley.loss.Gather;
import io.medley.loss.HardNegatives;
import io.medley.metric.Recall;
import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipReranking;
import io.medley.model.blip.BlipRetrieval;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Tolerance;
import io.medley.model.reference.core.MetricsReplay;
import io.medley.nn.Trace;
import io.medley.task.RetrievalOptions;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

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
        var imageToText = unscored(embeds.size(0), ids.size(0));
        var textToImage = unscored(ids.size(0), embeds.size(0));
        new BlipReranking(matcher, setup.tokens(), new RetrievalOptions(k, RetrievalOptions.Formula.LOGIT_PLUS_COSINE))
                .run(images(embeds), cls, mask, (image, text, score, byImage, byText) -> {
                    if (byImage) {
                        imageToText[image][text] = score;
                    }
                    if (byText) {
                        textToImage[text][image] = score;
                    }
                });
        results.check("eval.scores_i2t", tensor(imageToText));
        results.check("eval.scores_t2i", tensor(textToImage));
        recall(imageToText, textToImage);
    }

    private static BlipReranking.Images images(Tensor embeds) {
        return new BlipReranking.Images() {
            @Override
            public int count() {
                return Math.toIntExact(embeds.size(0));
            }

            @Override
            public Tensor embeds(int from, int count) {
                return embeds.narrow(0, from, count);
            }
        };
    }

    /** What upstream fills in for pairs that nobody picked. */
    private static float[][] unscored(long rows, long columns) {
        var scores = new float[Math.toIntExact(rows)][Math.toIntExact(columns)];
        for (var row : scores) {
            Arrays.fill(row, -100);
        }
        return scores;
    }

    private void recall(float[][] imageToText, float[][] textToImage) {
        var expected = directory.cases().path("eval_result");
        if (expected.isMissingNode()) {
            return;
        }
        var cases = directory.cases();
        var values = Recall.figures(
                Recall.of(imageToText, MetricsReplay.partners(cases.path("eval_img2txt"))),
                Recall.of(textToImage, MetricsReplay.partners(cases.path("eval_txt2img"))));
        for (var entry : expected.properties()) {
            results.compare(
                    "eval_result." + entry.getKey(),
                    Tensor.scalar(entry.getValue().asDouble()),
                    Tensor.scalar(values.getOrDefault(entry.getKey(), Double.NaN)),
                    Tolerance.FLOAT32);
        }
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
