package io.medley.model.vit;

import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.nn.PositionEmbeddings;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code VisionTransformer} of salesforce/BLIP alone: intermediates, attention gradients, interpolation to other sizes. */
public final class VitReplay implements Replay {
    private static final String ROOT = "vit";
    private static final Pattern STEP = Pattern.compile("patch_embed|block\\d+(\\.\\w+)?");
    private static final Pattern INTERPOLATED = Pattern.compile("interpolate\\.(\\d+)\\.pos_embed");

    @Override
    public String name() {
        return "vit";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.upstreamClass().isEmpty()
                && directory.upstream().startsWith("salesforce/BLIP")
                && directory.config().has("img_size");
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        try (var scope = Scope.open()) {
            var config = VitConfig.timm(directory.config());
            var tensors = new HashMap<String, Tensor>();
            for (var name : directory.weights().names()) {
                tensors.put(ROOT + "." + name, directory.weights().load(name).copy());
            }
            results.part("forward", () -> forward(results, config, tensors));
            for (var key : results.keys()) {
                var match = INTERPOLATED.matcher(key);
                if (match.matches()) {
                    int size = Integer.parseInt(match.group(1));
                    results.part(key, () -> interpolate(results, config.withImageSize(size), tensors));
                }
            }
        }
    }

    private static void forward(Comparison results, VitConfig config, Map<String, Tensor> tensors) {
        var weights = Weights.of(tensors);
        var model = new VisionTransformer(weights.at(ROOT), config);
        weights.parameters().values().forEach(p -> p.requiresGrad(true));
        var probabilities = ROOT + ".blocks." + (config.depth() - 1) + ".attn.probs";
        try (var trace = Trace.withGradients(name -> !name.endsWith(".probs") || name.equals(probabilities))) {
            var output = model.forward(results.input("image"));
            results.check("output", output);
            for (var key : results.keys()) {
                if (STEP.matcher(key).matches()) {
                    results.check(key, trace.get(ROOT + "." + key.replaceFirst("^block(\\d+)", "blocks.$1")));
                }
            }
            output.mul(results.input("register.weight")).sum().backward();
            results.check("register.attention_map", trace.get(probabilities));
            results.check("register.attn_gradients", gradient(trace.get(probabilities)));
            for (var key : results.keys()) {
                if (key.startsWith("register.grad.")) {
                    var name = ROOT + "." + key.substring("register.grad.".length());
                    results.check(key, gradient(weights.parameters().getOrDefault(name, output)));
                }
            }
        }
        weights.parameters().values().forEach(p -> p.requiresGrad(false));
    }

    private static void interpolate(Comparison results, VitConfig config, Map<String, Tensor> tensors) {
        var prefix = "interpolate." + config.imageSize() + ".";
        var name = ROOT + ".pos_embed";
        var resized = new HashMap<>(tensors);
        resized.computeIfPresent(
                name, (key, positions) -> PositionEmbeddings.interpolate(positions, config.tokens(), 1));
        results.check(prefix + "pos_embed", resized.getOrDefault(name, Tensor.zeros(0)));
        if (results.has(prefix + "image")) {
            var model = new VisionTransformer(Weights.of(resized).at(ROOT), config);
            results.check(prefix + "output", model.forward(results.input(prefix + "image")));
        }
    }

    private static Tensor gradient(Tensor tensor) {
        var gradient = tensor.grad();
        return gradient == null ? Tensor.zeros(0) : gradient;
    }
}
