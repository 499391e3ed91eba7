package io.medley.model.blip.reference;

import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.blip.BlipTokens;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Tolerance;
import io.medley.nn.Trace;
import io.medley.tensor.Tensor;
import java.io.IOException;

/** {@code BLIP_ITM.forward(image, caption, match_head)}, and the same weights through LAVIS. */
final class MatcherCases {
    private MatcherCases() {}

    static void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var setup = BlipConfigJson.upstream(directory.config());
        var model = Loaded.frozen(directory, w -> new BlipMatcher(w, setup.config()));
        var ids = results.input("input_ids");
        var mask = results.input("attention_mask");
        results.check(
                "input_ids", new Texts(directory, setup).ids(Texts.strings(directory, "captions"), ids.size(1), -1));
        var embeds = model.vision().forward(results.input("image"));
        results.check("image_embeds", embeds);
        var memory = model.memory(embeds);
        try (var trace = Trace.of(Steps.ALL)) {
            var logits = model.itmLogits(ids, mask, memory);
            results.check("itm_output", logits);
            results.check("itm_softmax", logits.softmax(-1));
            Steps.compare(results, trace, "itm.", "text_encoder");
        }
        results.check(
                "itm_output_with_enc_token",
                model.itmLogits(BlipTokens.withFirst(ids, setup.tokens().enc()), mask, memory));
        results.check("vision_proj", model.visionProjection().forward(embeds.select(1, 0)));
        var imageFeatures = model.imageFeatures(embeds);
        results.check("image_feat", imageFeatures);
        try (var trace = Trace.of(Steps.ALL)) {
            var states = model.text().encode(ids, mask, null);
            results.check("text_proj", model.textProjection().forward(states.select(1, 0)));
            Steps.compare(results, trace, "itc.", "text_encoder");
        }
        var textFeatures = model.textFeatures(ids, mask);
        results.check("text_feat", textFeatures);
        results.check("itc_sim", imageFeatures.matmul(textFeatures.transpose(0, 1)));
        if (directory.files().file("lavis.safetensors").isPresent()) {
            results.part("lavis", () -> lavis(directory, results, setup, model));
        }
    }

    private static void lavis(
            ReferenceDirectory directory, Comparison results, BlipConfigJson.Setup setup, BlipMatcher model)
            throws IOException {
        var expected = directory.tensors("lavis.safetensors");
        try (var cases = new FileCases("lavis.", expected, results, Tolerance.FLOAT32)) {
            lavis(directory, setup, model, results.input("image"), cases);
        }
    }

    private static void lavis(
            ReferenceDirectory directory, BlipConfigJson.Setup setup, BlipMatcher model, Tensor image, FileCases cases)
            throws IOException {
        var ids = cases.input("input_ids");
        var mask = cases.input("attention_mask");
        var enc = BlipTokens.withFirst(ids, setup.tokens().enc());
        cases.check(
                "input_ids", new Texts(directory, setup).ids(Texts.strings(directory, "captions"), ids.size(1), -1));
        var embeds = model.vision().forward(image);
        var memory = model.memory(embeds);
        var texts = model.text().encode(ids, mask, null);
        cases.check("extract.image.image_embeds", embeds);
        cases.check(
                "extract.image.image_embeds_proj",
                model.visionProjection().forward(embeds).normalize(-1));
        cases.check("extract.text.text_embeds", texts);
        cases.check(
                "extract.text.text_embeds_proj",
                model.textProjection().forward(texts).normalize(-1));
        cases.check("extract.multimodal.image_embeds", embeds);
        cases.check("extract.multimodal.multimodal_embeds", model.text().encode(enc, mask, memory));
        cases.check("itm.itm", model.itmLogits(enc, mask, memory));
        cases.check(
                "itm.itc",
                model.imageFeatures(embeds).matmul(model.textFeatures(ids, mask).transpose(0, 1)));
    }
}
