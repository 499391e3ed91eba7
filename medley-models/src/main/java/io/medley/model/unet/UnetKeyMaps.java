package io.medley.model.unet;

import static io.medley.checkpoint.KeyMap.rename;

import io.medley.checkpoint.KeyMap;
import java.util.ArrayList;
import java.util.List;

/** Names of weights in other formats → names of ermongroup/ddim, which are {@link DdpmUnet}'s. */
public final class UnetKeyMaps {
    /** The 1×1 convolutions that diffusers stores as linear maps. */
    static final List<String> POINTWISE = List.of("*.attn.*.weight", "mid.attn_1.*.weight");

    /** Weights as {@code DataParallel} names them. */
    static final KeyMap PARALLEL = KeyMap.of(rename("module.*", "*"));

    private UnetKeyMaps() {}

    /**
     * diffusers' {@code UNet2DModel}, whose way up is numbered from the coarsest level, before and after its attention was renamed.
     *
     * @param levels number of resolutions
     */
    public static KeyMap diffusers(int levels) {
        List<KeyMap.Rule> rules = new ArrayList<>(List.of(
                rename("time_embedding.linear_1.{}", "temb.dense.0.{}"),
                rename("time_embedding.linear_2.{}", "temb.dense.1.{}"),
                rename("mid_block.resnets.0.*", "mid.block_1.*"),
                rename("mid_block.attentions.0.*", "mid.attn_1.*"),
                rename("mid_block.resnets.1.*", "mid.block_2.*"),
                rename("conv_norm_out.{}", "norm_out.{}"),
                rename("down_blocks.{}.resnets.*", "down.{}.block.*"),
                rename("down_blocks.{}.attentions.*", "down.{}.attn.*"),
                rename("down_blocks.{}.downsamplers.0.conv.{}", "down.{}.downsample.conv.{}")));
        for (int i = 0; i < levels; i++) {
            int level = levels - 1 - i;
            rules.add(rename("up_blocks." + i + ".resnets.*", "up." + level + ".block.*"));
            rules.add(rename("up_blocks." + i + ".attentions.*", "up." + level + ".attn.*"));
            rules.add(rename("up_blocks." + i + ".upsamplers.0.conv.{}", "up." + level + ".upsample.conv.{}"));
        }
        rules.addAll(List.of(
                rename("*.time_emb_proj.{}", "*.temb_proj.{}"),
                rename("*.conv_shortcut.{}", "*.nin_shortcut.{}"),
                rename("*.group_norm.{}", "*.norm.{}"),
                rename("*.to_q.{}", "*.q.{}"),
                rename("*.to_k.{}", "*.k.{}"),
                rename("*.to_v.{}", "*.v.{}"),
                rename("*.to_out.0.{}", "*.proj_out.{}"),
                rename("*.query.{}", "*.q.{}"),
                rename("*.key.{}", "*.k.{}"),
                rename("*.value.{}", "*.v.{}"),
                rename("*.proj_attn.{}", "*.proj_out.{}")));
        return KeyMap.of(rules.toArray(KeyMap.Rule[]::new));
    }
}
