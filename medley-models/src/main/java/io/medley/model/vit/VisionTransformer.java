package io.medley.model.vit;

import io.medley.nn.ActivationCheckpoint;
import io.medley.nn.Init;
import io.medley.nn.LayerNorm;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Parallel;
import io.medley.tensor.Shapes;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Image → tokens: {@code models/vit.py} of salesforce/BLIP.
 *
 * <p>B batch, N tokens (class token first, then patches row by row), C width, P patch size.
 */
public final class VisionTransformer {
    private final VitConfig config;
    private final String path;
    private final Tensor clsToken; // (1, 1, C)
    private final Tensor posEmbed; // (1, N, C)
    private final Stem stem;
    private final List<Block> blocks;
    private final LayerNorm norm;

    public VisionTransformer(Weights weights, VitConfig config) {
        this.config = config;
        this.path = weights.path();
        this.clsToken = weights.parameter("cls_token", Init.normal(0.02), 1, 1, config.width());
        this.posEmbed = weights.parameter("pos_embed", Init.normal(0.02), 1, config.tokens(), config.width());
        this.stem = Stem.create(weights.at("patch_embed"), config);
        this.blocks = new ArrayList<>();
        for (int i = 0; i < config.depth(); i++) {
            blocks.add(new Block(
                    weights.at("blocks." + i),
                    config.width(),
                    config.heads(),
                    config.mlpWidth(),
                    config.layerNormEps()));
        }
        this.norm = new LayerNorm(weights.at("norm"), config.width(), config.layerNormEps());
    }

    public VitConfig config() {
        return config;
    }

    /**
     * Encodes images.
     *
     * @param pixels (B, 3, S, S) normalised float32, S the configured image size
     * @return (B, N, C) after the final norm
     * @throws IllegalArgumentException when the images have another size
     */
    public Tensor forward(Tensor pixels) {
        Shapes.check("VisionTransformer.forward", pixels, -1, 3, config.imageSize(), config.imageSize());
        long batch = pixels.size(0);
        if (batch > 1 && !posEmbed.requiresGrad() && !pixels.requiresGrad() && !Trace.isOpen() && large()) {
            // One image at a time keeps a block's activations in the processor's cache.
            var all = Tensor.zeros(batch, config.tokens(), config.width());
            Parallel.run((int) batch, i -> all.narrow(0, i, 1).copy_(encode(pixels.narrow(0, i, 1))));
            return all;
        }
        return encode(pixels);
    }

    private boolean large() {
        return (long) config.tokens() * config.width() > 100_000;
    }

    private Tensor encode(Tensor pixels) {
        var patches = Trace.tap(path + ".patch_embed", stem.forward(pixels)); // (B, N-1, C)
        var cls = clsToken.expand(patches.size(0), -1, -1); // (B, 1, C)
        var x = Trace.tap(path + ".embeddings", Tensor.cat(1, cls, patches).add(posEmbed)); // (B, N, C)
        for (var block : blocks) {
            x = ActivationCheckpoint.segment(x, block::forward);
        }
        return Trace.tap(path + ".norm", norm.forward(x));
    }
}
