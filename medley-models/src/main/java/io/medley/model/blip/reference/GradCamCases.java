package io.medley.model.blip.reference;

import io.medley.image.AttentionOverlay;
import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.blip.BlipTokens;
import io.medley.model.blip.task.GradCam;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Tolerance;
import io.medley.tensor.DType;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.Objects;
import java.util.regex.Pattern;

/** LAVIS' {@code compute_gradcam} for matching, and {@code getAttMap}. */
final class GradCamCases {
    private static final Pattern DRAWN = Pattern.compile("(attmap\\..+)\\.blur([01])\\.overlap([01])");

    private GradCamCases() {}

    static void run(ReferenceDirectory directory, Comparison results) throws IOException {
        results.part("gradcam", () -> gradCam(directory, results));
        if (results.has("attmap.image")) {
            for (var key : results.keys()) {
                var match = DRAWN.matcher(key);
                if (match.matches()) {
                    results.part(
                            key,
                            () -> draw(
                                    results,
                                    key,
                                    match.group(1),
                                    match.group(2).equals("1"),
                                    match.group(3).equals("1")));
                }
            }
        }
    }

    private static void gradCam(ReferenceDirectory directory, Comparison results) throws IOException {
        var setup = BlipConfigJson.upstream(directory.config());
        var model = Loaded.frozen(directory, w -> new BlipMatcher(w, setup.config()));
        var ids = results.input("input_ids");
        var mask = results.input("attention_mask");
        results.check(
                "input_ids", new Texts(directory, setup).ids(Texts.strings(directory, "captions"), ids.size(1), -1));
        int layer = Math.toIntExact(results.input("block_num").itemLong());
        // The weights record no gradients, so the recording starts at what is looked at.
        var embeds = model.vision().forward(results.input("image")).detach().requiresGrad(true);
        var enc = BlipTokens.withFirst(ids, setup.tokens().enc());
        var cam = GradCam.watch(layer, () -> model.itmLogits(enc, mask, model.memory(embeds)));
        cam.result().select(1, 1).sum().backward();
        results.check("itm_output", cam.result().detach());
        results.check("cross_attention_map", cam.probabilities().detach());
        results.check(
                "cross_attention_grad",
                Objects.requireNonNull(cam.probabilities().grad()));
        int grid = setup.config().vision().grid();
        var maps = cam.relevance(ids.size(0), ids.size(1))
                .mul(mask.to(DType.FLOAT32).unsqueeze(2)); // (B, T, P), zero at padding
        for (int i = 0; i < ids.size(0); i++) {
            int words = (int) mask.select(0, i).sum().itemLong() - 2;
            var own = maps.select(0, i);
            var mean = own.narrow(0, 1, words).sum(0, true).div(words);
            var stack = Tensor.cat(0, own.narrow(0, 0, 1), mean, own.narrow(0, 1, own.size(0) - 1));
            results.checkIfPresent("gradcam." + i, stack.reshape(-1, grid, grid));
        }
    }

    /** The jet colour map has 256 steps, hence the wider tolerance. */
    private static void draw(Comparison results, String key, String map, boolean blur, boolean overlap) {
        var image = results.input("attmap.image"); // (height, width, 3)
        var input = results.input(map + ".input"); // (rows, columns)
        int height = Math.toIntExact(image.size(0));
        int width = Math.toIntExact(image.size(1));
        double[] heat = AttentionOverlay.heat(
                input.toDoubles(), Math.toIntExact(input.size(0)), Math.toIntExact(input.size(1)), height, width, blur);
        var drawn = overlap
                ? Tensor.of(AttentionOverlay.blend(image.toDoubles(), heat), height, width, 3)
                : Tensor.of(heat, height, width);
        results.check(key, drawn, new Tolerance(2e-3, 2e-3));
    }
}
