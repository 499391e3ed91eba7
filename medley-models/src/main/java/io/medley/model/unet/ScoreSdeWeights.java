package io.medley.model.unet;

import io.medley.checkpoint.Checkpoint;
import io.medley.model.unet.EdmUnetConfig.Decoder;
import io.medley.model.unet.EdmUnetConfig.Encoder;
import io.medley.model.unet.EdmUnetConfig.Kind;
import io.medley.model.unet.EdmUnetConfig.NoiseEmbedding;
import io.medley.nn.Dropout;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * {@code NCSNpp} of yang-song/score_sde_pytorch and of gnobitab/RectifiedFlow, which is DDPM++ as {@link EdmUnet} computes it, under other
 * names: modules are numbered in the order they were made. Checkpoints hold {@code model} with parameters by name and {@code
 * ema.shadow_params}, their averages, as a list in the same order.
 */
final class ScoreSdeWeights {
    private static final String MODULES = "all_modules.";
    private static final String AVERAGES = "ema.shadow_params.";

    private ScoreSdeWeights() {}

    /** Whether this is such a checkpoint. */
    static boolean isOne(Checkpoint file) {
        return file.names().stream().anyMatch(name -> name.startsWith("model.") && name.contains(MODULES));
    }

    /** Sizes of RectifiedFlow's network for CIFAR-10 ({@code cifar10_rf_gaussian_ddpmpp.py}). */
    static EdmUnetConfig cifar10() {
        return config(3, 32, 128, List.of(1, 2, 2, 2), 4, List.of(16), 0.15);
    }

    /** Reads {@code model} and {@code data} of a configuration written as JSON. */
    static EdmUnetConfig read(JsonNode json) {
        var model = json.path("model");
        if (model.path("fir").asBoolean(false)
                || !model.path("progressive").asString("none").equals("none")
                || !model.path("progressive_input").asString("none").equals("none")
                || !model.path("resblock_type").asString("biggan").equals("biggan")
                || !model.path("embedding_type").asString("positional").equals("positional")
                || !model.path("skip_rescale").asBoolean(true)) {
            throw new MedleyException("U-Net configuration: of score_sde's networks only DDPM++ is read: fir false,"
                    + " progressive none, progressive_input none, resblock_type biggan, embedding_type positional,"
                    + " skip_rescale true");
        }
        return config(
                json.path("data").path("num_channels").asInt(3),
                json.path("data").path("image_size").asInt(0),
                model.path("nf").asInt(128),
                DdimJson.integers(model.path("ch_mult"), "model.ch_mult"),
                model.path("num_res_blocks").asInt(4),
                DdimJson.integers(model.path("attn_resolutions"), "model.attn_resolutions"),
                model.path("dropout").asDouble(0));
    }

    private static EdmUnetConfig config(
            int pictureChannels,
            int side,
            int channels,
            List<Integer> multipliers,
            int blocks,
            List<Integer> attention,
            double dropout) {
        return new EdmUnetConfig(
                Kind.SONG,
                side,
                pictureChannels,
                pictureChannels,
                0,
                0,
                channels,
                multipliers,
                4,
                blocks,
                attention,
                new Dropout(dropout),
                NoiseEmbedding.POSITIONAL,
                1,
                Encoder.STANDARD,
                Decoder.STANDARD,
                List.of(1, 1));
    }

    /**
     * The weights under {@link EdmUnet}'s names. Tensors belong to no scope.
     *
     * @param averaged whether the averages are wanted, and not the weights themselves
     */
    static Checkpoint convert(Checkpoint file, EdmUnetConfig config, boolean averaged) {
        var theirs = parameters(file, averaged);
        Map<String, Tensor> ours = new LinkedHashMap<>();
        int module = 0;
        for (var step : steps(config)) {
            module = step.take(theirs, module, ours);
        }
        if (!theirs.isEmpty()) {
            throw new MedleyException(file.source() + ": " + theirs.size() + " tensors have no place in this network, "
                    + theirs.keySet().iterator().next() + " first; is the configuration the one it was trained with?");
        }
        // Whoever loads this takes the tensors over; they must not end with the scope they were made in.
        ours.values().forEach(Scope::own);
        return Checkpoint.of(ours);
    }

    /** Parameters by their names below {@code all_modules.}. */
    private static Map<String, Tensor> parameters(Checkpoint file, boolean averaged) {
        Map<String, Tensor> found = new LinkedHashMap<>();
        int index = 0;
        for (var name : file.names()) {
            int start = name.indexOf(MODULES);
            if (!name.startsWith("model.") || start < 0) {
                continue; // the optimizer, the list of averages, and the table of noise levels, which nothing uses
            }
            var local = name.substring(start + MODULES.length());
            if (!averaged) {
                found.put(local, file.load(name));
                continue;
            }
            var average = AVERAGES + index++;
            if (!file.names().contains(average) || !file.info(average).equals(file.info(name))) {
                throw new MedleyException(file.source() + ": " + average + " is not the average of " + name
                        + "; the list does not belong to these parameters");
            }
            found.put(local, file.load(average));
        }
        if (averaged && file.names().contains(AVERAGES + index)) {
            throw new MedleyException(file.source() + ": more averages than parameters");
        }
        return found;
    }

    /** One or more numbered modules that are one of ours. */
    private interface Step {
        /** Moves tensors; returns the number of the next module. */
        int take(Map<String, Tensor> theirs, int module, Map<String, Tensor> ours);
    }

    /** Our modules in the order the original makes its own. */
    private static List<Step> steps(EdmUnetConfig config) {
        List<Step> steps = new ArrayList<>();
        steps.add(plain("map_layer0"));
        steps.add(plain("map_layer1"));
        int last = config.levels() - 1;
        for (int level = 0; level <= last; level++) {
            var name = "enc." + side(config, level);
            steps.add(level == 0 ? plain(name + "conv") : residual(name + "down", false, true));
            for (int i = 0; i < config.blocks(); i++) {
                steps.add(residual(name + "block" + i, attends(config, level), false));
            }
        }
        for (int level = last; level >= 0; level--) {
            var name = "dec." + side(config, level);
            if (level == last) {
                steps.add(residual(name + "in0", true, false));
                steps.add(residual(name + "in1", false, false));
            } else {
                steps.add(residual(name + "up", false, true));
            }
            for (int i = 0; i <= config.blocks(); i++) {
                steps.add(residual(name + "block" + i, i == config.blocks() && attends(config, level), false));
            }
        }
        var finest = "dec." + side(config, 0);
        steps.add(plain(finest + "aux_norm"));
        steps.add(plain(finest + "aux_conv"));
        return steps;
    }

    private static String side(EdmUnetConfig config, int level) {
        int side = config.resolution() >> level;
        return side + "x" + side + "_";
    }

    private static boolean attends(EdmUnetConfig config, int level) {
        return config.attentionResolutions().contains(config.resolution() >> level);
    }

    private static Step plain(String name) {
        return (theirs, module, ours) -> {
            for (var kind : List.of("weight", "bias")) {
                ours.put(name + "." + kind, taken(theirs, module + "." + kind));
            }
            return module + 1;
        };
    }

    private static Step residual(String name, boolean attention, boolean resamples) {
        var table = Map.of(
                "GroupNorm_0",
                "norm0",
                "Conv_0",
                "conv0",
                "Dense_0",
                "affine",
                "GroupNorm_1",
                "norm1",
                "Conv_1",
                "conv1");
        return (theirs, module, ours) -> {
            table.forEach((their, our) -> {
                for (var kind : List.of("weight", "bias")) {
                    ours.put(name + "." + our + "." + kind, taken(theirs, module + "." + their + "." + kind));
                }
            });
            if (theirs.containsKey(module + ".Conv_2.weight")) {
                ours.put(name + ".skip.weight", taken(theirs, module + ".Conv_2.weight"));
                ours.put(name + ".skip.bias", taken(theirs, module + ".Conv_2.bias"));
            }
            if (resamples) {
                for (var part : List.of("conv0", "skip")) {
                    ours.put(
                            name + "." + part + ".resample_filter",
                            Tensor.ones(1, 1, 2, 2).mul(0.25));
                }
            }
            return attention ? attention(theirs, module + 1, ours, name) : module + 1;
        };
    }

    /** Query, key and value are maps (in, out) of their own there; here one convolution gives the three of a channel side by side. */
    private static int attention(Map<String, Tensor> theirs, int module, Map<String, Tensor> ours, String name) {
        for (var kind : List.of("weight", "bias")) {
            ours.put(name + ".norm2." + kind, taken(theirs, module + ".GroupNorm_0." + kind));
        }
        var maps = new ArrayList<Tensor>();
        var biases = new ArrayList<Tensor>();
        for (int i = 0; i < 3; i++) {
            maps.add(taken(theirs, module + ".NIN_" + i + ".W").transpose(0, 1)); // (out, in)
            biases.add(taken(theirs, module + ".NIN_" + i + ".b")); // (out)
        }
        long width = biases.get(0).size(0);
        ours.put(name + ".qkv.weight", Tensor.stack(maps, 1).reshape(3 * width, width, 1, 1));
        ours.put(name + ".qkv.bias", Tensor.stack(biases, 1).reshape(3 * width));
        ours.put(
                name + ".proj.weight",
                taken(theirs, module + ".NIN_3.W").transpose(0, 1).contiguous().reshape(width, width, 1, 1));
        ours.put(name + ".proj.bias", taken(theirs, module + ".NIN_3.b"));
        return module + 1;
    }

    private static Tensor taken(Map<String, Tensor> theirs, String name) {
        var tensor = theirs.remove(name);
        if (tensor == null) {
            throw new MedleyException("score_sde weights: " + MODULES + name
                    + " is missing; is the configuration the one the network was trained with?");
        }
        return tensor;
    }
}
