package io.medley.model.dit;

import io.medley.model.vit.Mlp;
import io.medley.model.vit.SelfAttention;
import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A transformer block whose norms are scaled and shifted, and whose branches are weighed, by what time and condition say (adaLN-Zero: at
 * the start all branches weigh 0); with captions, the tokens attend to the caption's between attention and MLP.
 */
final class DitBlock {
    static final double EPS = 1e-6;

    private final String path;
    private final SelfAttention attention;
    private final @Nullable CaptionAttention captionAttention;
    private final Mlp mlp;
    private final Linear modulation;

    DitBlock(Weights weights, DitConfig config) {
        int width = config.width();
        this.path = weights.path();
        this.attention = new SelfAttention(weights.at("attn"), width, config.heads());
        this.captionAttention =
                config.readsText() ? new CaptionAttention(weights.at("cross_attn"), width, config.heads()) : null;
        this.mlp = new Mlp(weights.at("mlp"), width, config.mlpWidth(), Mlp.Activation.GELU_TANH);
        this.modulation = new Linear(weights.at("adaLN_modulation.1"), width, 6 * width, true, Init.ZEROS);
    }

    /** Keys and values of a caption for this block, or null where it takes none. */
    CaptionAttention.@Nullable Memory memory(@Nullable Tensor caption) {
        return captionAttention == null || caption == null ? null : captionAttention.memory(caption);
    }

    /**
     * @param x (B, N, C)
     * @param signal SiLU of what time and condition say, (B, C)
     */
    Tensor forward(Tensor x, Tensor signal, CaptionAttention.@Nullable Memory memory) {
        var parts = modulation.forward(signal).unsqueeze(1).chunk(6, -1); // each (B, 1, C)
        x = x.add(attention.forward(modulate(x, parts[0], parts[1])).mul(parts[2]));
        if (captionAttention != null && memory != null) {
            x = x.add(captionAttention.forward(x.layerNorm(EPS), memory));
        }
        x = x.add(mlp.forward(modulate(x, parts[3], parts[4])).mul(parts[5]));
        return Trace.tap(path, x);
    }

    static Tensor modulate(Tensor x, Tensor shift, Tensor scale) {
        return x.layerNorm(EPS).mul(scale.add(1)).add(shift);
    }
}
