package io.medley.model.unet;

import io.medley.model.unet.DdpmUnetConfig.Downsampling;
import io.medley.nn.Dropout;
import io.medley.nn.SinusoidalEmbedding;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * {@code config.json} of diffusers' {@code UNet2DModel}, as far as that network is DDPM's: blocks {@code DownBlock2D}, {@code
 * AttnDownBlock2D} and their likes. What is absent has diffusers' own default.
 */
final class DiffusersJson {
    private DiffusersJson() {}

    static boolean isOne(JsonNode json) {
        return json.path("_class_name").asString("").equals("UNet2DModel");
    }

    static DdpmUnetConfig read(JsonNode json) {
        refuseOthers(json);
        var widths = DdimJson.integers(json.path("block_out_channels"), "block_out_channels");
        if (widths.isEmpty()) {
            throw new MedleyException("U-Net configuration: block_out_channels is missing");
        }
        var attention = attention(json, "down_block_types", "DownBlock2D", "AttnDownBlock2D", widths.size());
        var reversed = attention(json, "up_block_types", "UpBlock2D", "AttnUpBlock2D", widths.size());
        for (int i = 0; i < widths.size(); i++) {
            if (!attention.get(i).equals(reversed.get(widths.size() - 1 - i))) {
                throw new MedleyException("U-Net configuration: level " + i
                        + " attends on the way down or on the way up only; this network does both or none");
            }
        }
        boolean scaleShift =
                json.path("resnet_time_scale_shift").asString("default").equals("scale_shift");
        int groups = json.path("norm_num_groups").asInt(32);
        double shift = json.path("freq_shift").asDouble(0);
        return new DdpmUnetConfig(
                json.path("in_channels").asInt(3),
                json.path("out_channels").asInt(3),
                widths.get(0),
                widths,
                attention,
                json.path("layers_per_block").asInt(2),
                json.path("downsample_padding").asInt(1) == 0
                        ? Downsampling.CONVOLUTION_RIGHT_BOTTOM
                        : Downsampling.CONVOLUTION,
                true,
                // An explicit null means one head; that no number is given means 8 channels each.
                json.has("attention_head_dim") ? json.path("attention_head_dim").asInt(0) : 8,
                groups,
                json.path("attn_norm_num_groups").asInt(scaleShift ? 0 : groups),
                json.path("norm_eps").asDouble(1e-5),
                new Dropout(json.path("dropout").asDouble(0)),
                scaleShift,
                new SinusoidalEmbedding(
                        widths.get(0),
                        10_000,
                        1 - shift,
                        json.path("flip_sin_to_cos").asBoolean(true)),
                json.path("num_class_embeds").asInt(0));
    }

    private static void refuseOthers(JsonNode json) {
        refuseUnless(json, "time_embedding_type", "positional");
        refuseUnless(json, "downsample_type", "conv");
        refuseUnless(json, "upsample_type", "conv");
        refuseUnless(json, "act_fn", "silu");
        refuseUnless(json, "class_embed_type", "");
        if (json.path("mid_block_scale_factor").asDouble(1) != 1
                || !json.path("add_attention").asBoolean(true)
                || json.path("center_input_sample").asBoolean(false)) {
            throw new MedleyException(
                    "U-Net configuration: mid_block_scale_factor other than 1, add_attention false and"
                            + " center_input_sample are options of UNet2DModel that this network does not have");
        }
    }

    private static void refuseUnless(JsonNode json, String key, String only) {
        var found = json.path(key).asString(only);
        if (!found.equals(only)) {
            throw new MedleyException("U-Net configuration: " + key + " '" + found + "' is not read"
                    + (only.isEmpty() ? "" : ", only '" + only + "'"));
        }
    }

    private static List<Boolean> attention(JsonNode json, String key, String plain, String attending, int levels) {
        List<Boolean> result = new ArrayList<>();
        for (var type : json.path(key)) {
            var name = type.asString("");
            if (!name.equals(plain) && !name.equals(attending)) {
                throw new MedleyException(
                        "U-Net configuration: " + key + " has '" + name + "'; read are " + plain + " and " + attending);
            }
            result.add(name.equals(attending));
        }
        if (result.size() != levels) {
            throw new MedleyException("U-Net configuration: " + key + " has " + result.size() + " blocks, expected "
                    + levels + " as block_out_channels");
        }
        return result;
    }
}
