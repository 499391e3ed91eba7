package io.medley.model.dit;

import io.medley.model.vit.Block;
import io.medley.nn.Init;
import io.medley.nn.LayerNorm;
import io.medley.nn.Weights;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tokens of a caption → what the picture is told: token embeddings, learned positions, a few transformer blocks. Captions have one length;
 * padding is a token like others, so a caption means the same in every batch.
 */
final class CaptionEncoder {
    private final int length;
    private final int vocabulary;
    private final Tensor tokens; // (V, C)
    private final Tensor positions; // (1, T, C)
    private final List<Block> blocks = new ArrayList<>();
    private final LayerNorm norm;

    CaptionEncoder(Weights weights, DitConfig config, DitConfig.Captions captions) {
        this.length = captions.length();
        this.vocabulary = captions.vocabulary();
        this.tokens = weights.parameter("token_embedding.weight", Init.normal(0.02), vocabulary, config.width());
        this.positions = weights.parameter("pos_embed", Init.normal(0.02), 1, length, config.width());
        for (int i = 0; i < captions.depth(); i++) {
            blocks.add(new Block(
                    weights.at("blocks." + i), config.width(), config.heads(), config.mlpWidth(), DitBlock.EPS));
        }
        this.norm = new LayerNorm(weights.at("norm"), config.width(), DitBlock.EPS);
    }

    /**
     * @param ids (B, T) int64
     * @return (B, T, C)
     */
    Tensor forward(Tensor ids) {
        if (ids.dim() != 2 || ids.size(1) != length) {
            throw new MedleyException("caption: expected ids (B, " + length + "), got " + Arrays.toString(ids.shape()));
        }
        var x = tokens.embedding(ids).add(positions);
        for (var block : blocks) {
            x = block.forward(x);
        }
        return norm.forward(x);
    }
}
