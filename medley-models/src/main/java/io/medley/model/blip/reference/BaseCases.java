package io.medley.model.blip.reference;

import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipFeatureExtractor;
import io.medley.model.blip.BlipTokens;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.nn.Trace;
import java.io.IOException;
import java.util.List;

/** {@code BLIP_Base.forward(image, caption, mode)}, one caption at a time. */
final class BaseCases {
    private BaseCases() {}

    static void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var setup = BlipConfigJson.upstream(directory.config());
        var model = Loaded.frozen(directory, w -> new BlipFeatureExtractor(w, setup.config()));
        var images = results.input("image");
        try (var trace = Trace.of(Steps.ALL)) {
            results.check("image_embeds", model.image(images));
            Steps.compare(results, trace, "", "");
        }
        var texts = new Texts(directory, setup);
        var captions = Texts.strings(directory, "captions");
        for (int i = 0; results.has(i + ".input_ids"); i++) {
            int row = i;
            results.part("caption " + row, () -> {
                var ids = results.input(row + ".input_ids");
                var mask = results.input(row + ".attention_mask");
                results.check(row + ".input_ids", texts.ids(List.of(captions.get(row)), ids.size(1), -1));
                try (var trace = Trace.of(Steps.ALL)) {
                    results.check(row + ".text_mode.out", model.text(ids, mask));
                    Steps.compare(results, trace, row + ".text_mode.", "text_encoder");
                }
                try (var trace = Trace.of(Steps.ALL)) {
                    var embeds = model.image(images.narrow(0, row, 1));
                    var enc = BlipTokens.withFirst(ids, setup.tokens().enc());
                    results.check(row + ".multimodal_mode.out", model.multimodal(embeds, enc, mask));
                    Steps.compare(results, trace, row + ".multimodal_mode.", "text_encoder");
                }
            });
        }
    }
}
