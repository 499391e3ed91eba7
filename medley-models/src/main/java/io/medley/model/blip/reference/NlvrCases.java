package io.medley.model.blip.reference;

import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipNlvr;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.nn.Trace;
import java.io.IOException;

/** {@code BLIP_NLVR.forward}: the first half of the images are the first ones of each pair. */
final class NlvrCases {
    private NlvrCases() {}

    static void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var setup = BlipConfigJson.upstream(directory.config());
        var loaded = Loaded.trainable(directory, w -> new BlipNlvr(w, setup.config()));
        var model = loaded.model();
        var ids = results.input("input_ids");
        var mask = results.input("attention_mask");
        results.check(
                "input_ids",
                new Texts(directory, setup)
                        .ids(
                                Texts.strings(directory, "texts"),
                                ids.size(1),
                                setup.tokens().enc()));
        long pairs = ids.size(0);
        try (var trace = Trace.of(Steps.ALL)) {
            var embeds = model.vision().forward(results.input("image"));
            results.check("image_embeds", embeds);
            var states = model.states(embeds.narrow(0, 0, pairs), embeds.narrow(0, pairs, pairs), ids, mask);
            results.check("last_hidden_state", states);
            Steps.compare(results, trace, "", "text_encoder");
            var logits = model.classify(states);
            results.check("prediction", logits);
            var loss = logits.crossEntropy(results.input("targets"), -100, 0).mean();
            results.check("loss", loss);
            loss.backward();
        }
        Steps.gradients(results, loaded.weights());
    }
}
