package io.medley.model.blip.reference;

import io.medley.model.reference.Comparison;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Intermediate results under the names the reference data give them. */
final class Steps {
    static final Predicate<String> ALL = name -> !name.endsWith(".probs");

    private static final Pattern VISION = Pattern.compile("vit\\.(patch_embed|block(\\d+)(\\.\\w+)?)");
    private static final Pattern TEXT = Pattern.compile("text\\.(embeddings|layer(\\d+)(\\.\\w+)?)");

    private Steps() {}

    /**
     * Compares every stored intermediate whose name begins with {@code prefix}.
     *
     * @param text full name of the text transformer, such as {@code text_decoder.bert}
     */
    static void compare(Comparison results, Trace trace, String prefix, String text) {
        for (var name : results.keys()) {
            if (!name.startsWith(prefix)) {
                continue;
            }
            var local = name.substring(prefix.length());
            var vision = VISION.matcher(local);
            var layer = TEXT.matcher(local);
            if (vision.matches()) {
                var tap = vision.group(2) == null ? "patch_embed" : "blocks." + vision.group(2) + rest(vision.group(3));
                results.check(name, trace.get("visual_encoder." + tap));
            } else if (layer.matches()) {
                var tap = layer.group(2) == null
                        ? "embeddings"
                        : "encoder.layer." + layer.group(2) + rest(layer.group(3));
                results.check(name, trace.get(text + "." + tap));
            }
        }
    }

    /** Compares every stored gradient with its parameter's, after backward. */
    static void gradients(Comparison results, Weights weights) throws IOException {
        var stored = results.directory().gradients();
        if (stored.isEmpty()) {
            return;
        }
        for (var name : stored.get().names()) {
            var parameter = weights.parameters().get(weights.aliases().getOrDefault(name, name));
            if (parameter == null) {
                results.fail("grad " + name, "no parameter of that name");
                continue;
            }
            var gradient = parameter.grad();
            results.checkGradient(name, gradient == null ? Tensor.zeros(parameter.shape()) : gradient);
        }
    }

    private static String rest(@Nullable String group) {
        return group == null ? "" : group;
    }
}
