package io.medley.model.unet;

import io.medley.model.unet.DdpmUnetConfig.Downsampling;
import io.medley.nn.Dropout;
import io.medley.nn.SinusoidalEmbedding;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The configuration files of ermongroup/ddim: {@code model} and {@code data.image_size}, as JSON. */
final class DdimJson {
    private static final int LARGEST_SIDE = 1 << 14;

    private DdimJson() {}

    static boolean isOne(JsonNode json) {
        return json.path("model").has("ch_mult") && json.path("model").has("ch");
    }

    static DdpmUnetConfig read(JsonNode json) {
        var model = json.path("model");
        int side = json.path("data").path("image_size").asInt(0);
        var multipliers = integers(model.path("ch_mult"), "model.ch_mult");
        if (side < 1 || side > LARGEST_SIDE || side % (1L << Math.min(30, multipliers.size() - 1)) != 0) {
            throw new MedleyException("U-Net configuration: data.image_size " + side + " must be 1 to " + LARGEST_SIDE
                    + " and divisible by 2 once for each of the " + multipliers.size() + " levels but one");
        }
        int channels = positive(model, "ch");
        Set<Integer> attended = new HashSet<>(integers(model.path("attn_resolutions"), "model.attn_resolutions"));
        List<Boolean> attention = new ArrayList<>();
        List<Integer> widths = new ArrayList<>();
        for (int level = 0; level < multipliers.size(); level++) {
            attention.add(attended.contains(side >> level));
            widths.add(Math.multiplyExact(channels, multipliers.get(level)));
        }
        boolean convolution = model.path("resamp_with_conv").asBoolean(true);
        return new DdpmUnetConfig(
                positive(model, "in_channels"),
                positive(model, "out_ch"),
                channels,
                widths,
                attention,
                positive(model, "num_res_blocks"),
                convolution ? Downsampling.CONVOLUTION_RIGHT_BOTTOM : Downsampling.AVERAGE,
                convolution,
                0,
                32,
                32,
                1e-6,
                new Dropout(model.path("dropout").asDouble(0)),
                false,
                SinusoidalEmbedding.ddpm(channels),
                0);
    }

    private static int positive(JsonNode json, String key) {
        int value = json.path(key).asInt(0);
        if (value < 1) {
            throw new MedleyException("U-Net configuration: model." + key + " is missing or not a positive number");
        }
        return value;
    }

    static List<Integer> integers(JsonNode array, String key) {
        List<Integer> values = new ArrayList<>();
        for (var element : array) {
            if (!element.isIntegralNumber() || !element.canConvertToInt()) {
                throw new MedleyException(
                        "U-Net configuration: " + key + " holds " + element + ", which is no integer");
            }
            values.add(element.asInt());
        }
        return values;
    }
}
