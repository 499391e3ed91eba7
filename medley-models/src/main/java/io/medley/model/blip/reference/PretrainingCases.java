package io.medley.model.blip.reference;

import io.medley.loss.HardNegatives;
import io.medley.model.ModelWeights;
import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipPretraining;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.nn.Trace;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.List;

/** {@code BLIP_Pretrain.forward}, twice: the second time with the images reversed and alpha 0. Negatives are the likeliest ones. */
final class PretrainingCases {
    private PretrainingCases() {}

    static void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var setup = BlipConfigJson.upstream(directory.config());
        var options = new BlipPretraining.Options(
                directory.config().path("queue_size").asInt(),
                directory.config().path("momentum").asDouble());
        var loaded = Loaded.trainable(directory, w -> new BlipPretraining(w, setup.config(), setup.tokens(), options));
        var model = loaded.model();
        var images = results.input("image");
        var ids = results.input("input_ids");
        var mask = results.input("attention_mask");
        results.check(
                "input_ids", new Texts(directory, setup).ids(Texts.strings(directory, "captions"), ids.size(1), -1));
        features(results, setup, model, images, ids, mask);

        try (var trace = Trace.of(Steps.ALL)) {
            var losses = model.losses(
                    new BlipPretraining.Batch(images, ids, mask),
                    results.input("alpha").item(),
                    HardNegatives.hardest());
            check(results, losses, "");
            for (var name : List.of(
                    "weights_t2i",
                    "weights_i2t",
                    "neg_image_idx",
                    "neg_text_idx",
                    "itm_logits",
                    "lm_logits",
                    "image_feat_m",
                    "text_feat_m")) {
                results.checkIfPresent(name, trace.get(name));
            }
            crossStates(results, trace, setup, ids.size(0));
            after(results, loaded, "after.");
            losses.total().backward();
            Steps.gradients(results, loaded.weights());
        }
        try (var trace = Trace.of(Steps.ALL)) {
            var losses = model.losses(new BlipPretraining.Batch(images.flip(0), ids, mask), 0, HardNegatives.hardest());
            check(results, losses, "step2.");
            results.check("step2.neg_image_idx", trace.get("neg_image_idx"));
            results.check("step2.neg_text_idx", trace.get("neg_text_idx"));
            after(results, loaded, "step2.after.");
        }
    }

    private static void check(Comparison results, BlipPretraining.Losses losses, String prefix) {
        results.check(prefix + "loss_ita", losses.itc());
        results.check(prefix + "loss_itm", losses.itm());
        results.check(prefix + "loss_lm", losses.lm());
    }

    private static void features(
            Comparison results,
            BlipConfigJson.Setup setup,
            BlipPretraining model,
            Tensor images,
            Tensor ids,
            Tensor mask) {
        var matcher = model.matcher();
        try (var off = NoGrad.open()) {
            results.checkIfPresent(
                    "image_feat", matcher.imageFeatures(matcher.vision().forward(images)));
            results.checkIfPresent("text_feat", matcher.textFeatures(ids, mask));
            results.checkIfPresent("text_encoder.call0_text", matcher.text().encode(ids, mask, null));
        }
    }

    /** Ours is one pass over right and wrong pairs, the original's two. */
    private static void crossStates(Comparison results, Trace trace, BlipConfigJson.Setup setup, long batch) {
        int last = setup.config().text().layers() - 1;
        var states = trace.get("text_encoder.encoder.layer." + last);
        results.checkIfPresent("text_encoder.call1_pos", states.narrow(0, 0, batch));
        results.checkIfPresent("text_encoder.call2_neg", states.narrow(0, batch, 2 * batch));
    }

    /** Buffers and parameters as the step left them. */
    static void after(Comparison results, ModelWeights.Built<?> loaded, String prefix) {
        for (var key : results.keys()) {
            if (key.startsWith(prefix)) {
                var name = key.substring(prefix.length());
                var tensor = loaded.weights()
                        .buffers()
                        .getOrDefault(name, loaded.weights().parameters().get(name));
                if (tensor == null) {
                    results.fail(key, "no tensor of that name");
                } else {
                    results.check(key, tensor);
                }
            }
        }
    }
}
