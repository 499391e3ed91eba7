package io.medley.model.blip.reference;

import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipConfigJson;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.nn.Trace;
import io.medley.tensor.DType;
import io.medley.tensor.Tensor;
import java.io.IOException;

/** {@code BLIP_Decoder}: the loss, its gradients, decoding with caches, and {@code generate}. */
final class CaptionerCases {
    private static final double SMOOTHING = 0.1;

    private CaptionerCases() {}

    static void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var setup = BlipConfigJson.upstream(directory.config());
        results.part("loss", () -> loss(directory, results, setup));
        results.part("cache", () -> cache(directory, results, setup));
    }

    private static void loss(ReferenceDirectory directory, Comparison results, BlipConfigJson.Setup setup)
            throws IOException {
        var loaded = Loaded.trainable(directory, w -> new BlipCaptioner(w, setup.config()));
        var model = loaded.model();
        var ids = results.input("input_ids");
        var mask = results.input("attention_mask");
        var texts = new Texts(directory, setup);
        results.check(
                "input_ids",
                texts.ids(
                        Texts.strings(directory, "captions"),
                        ids.size(1),
                        setup.tokens().dec()));
        // The prompt's last id is [SEP] and does not count.
        int prompt = texts.tokenizer().encode(setup.config().prompt()).length - 1;
        results.check("prompt_length", Tensor.of(new long[] {prompt}, new long[0]));
        var labels = setup.tokens().labels(ids, prompt);
        results.check("labels", labels);
        try (var trace = Trace.of(Steps.ALL)) {
            var embeds = model.vision().forward(results.input("image"));
            results.check("image_embeds", embeds);
            var logits = model.logits(embeds, ids, mask);
            results.check("lm_logits", logits);
            Steps.compare(results, trace, "", "text_decoder.bert");
            var losses = model.decoder().tokenLosses(logits, labels, SMOOTHING);
            results.check("per_token_loss", losses);
            results.check("loss_reduction_none", losses.sum(1, false));
            var asked = labels.narrow(1, 1, labels.size(1) - 1)
                    .ne(-100)
                    .to(DType.FLOAT32)
                    .sum();
            var loss = losses.sum().div(asked);
            results.check("loss_lm", loss);
            results.check("loss_reduction_mean", loss);
            loss.backward();
        }
        Steps.gradients(results, loaded.weights());
    }

    private static void cache(ReferenceDirectory directory, Comparison results, BlipConfigJson.Setup setup)
            throws IOException {
        var model = Loaded.trainable(directory, w -> new BlipCaptioner(w, setup.config()))
                .model();
        var embeds = model.vision().forward(results.input("image"));
        var first = results.input("cache.step1_logits");
        int length = Math.toIntExact(first.size(1));
        var ids = results.input("input_ids");
        var memory = model.decoder().memory(embeds, null);
        results.check("cache.step1_logits", model.decoder().logits(ids.narrow(1, 0, length), null, memory));
        try (var state = model.decoder().start(memory, length + 1)) {
            var last = state.advance(rows(ids.narrow(1, 0, length)));
            results.compare(
                    "cache.step1_logits.last",
                    first.select(1, length - 1),
                    last,
                    io.medley.model.reference.Tolerance.FLOAT32);
            results.check(
                    "cache.step2_logits",
                    state.advance(rows(ids.narrow(1, length, 1))).unsqueeze(1));
        }
    }

    private static long[][] rows(Tensor ids) {
        int count = Math.toIntExact(ids.size(0));
        int length = Math.toIntExact(ids.size(1));
        long[] flat = ids.toLongs();
        var rows = new long[count][length];
        for (int i = 0; i < flat.length; i++) {
            rows[i / length][i % length] = flat[i];
        }
        return rows;
    }
}
