package io.medley.model.med;

import io.medley.nn.Init;
import io.medley.nn.LayerNorm;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** Word plus position embeddings, normalised; no token types. */
public final class MedEmbeddings {
    private final String path;
    private final String wordName;
    private final Tensor words; // (V, C)
    private final Tensor positions; // (P, C)
    private final LayerNorm norm;

    MedEmbeddings(Weights weights, MedConfig config) {
        this.path = weights.path();
        this.wordName = path + ".word_embeddings.weight";
        this.words =
                weights.parameter("word_embeddings.weight", Init.normal(0.02), config.vocabularySize(), config.width());
        this.positions = weights.parameter(
                "position_embeddings.weight", Init.normal(0.02), config.maxPositions(), config.width());
        this.norm = new LayerNorm(weights.at("LayerNorm"), config.width(), config.layerNormEps());
        weights.ignorable("position_ids");
    }

    /** The same embeddings under a second set of names. */
    MedEmbeddings(Weights weights, MedEmbeddings shared) {
        this.path = weights.path();
        this.wordName = shared.wordName;
        this.words = shared.words;
        this.positions = shared.positions;
        this.norm = shared.norm;
        for (var name : new String[] {
            "word_embeddings.weight", "position_embeddings.weight", "LayerNorm.weight", "LayerNorm.bias"
        }) {
            weights.alias(name, shared.path + "." + name);
        }
        weights.ignorable("position_ids");
    }

    /**
     * Embeds tokens.
     *
     * @param ids (B, T) int64
     * @param past position of the first token
     * @return (B, T, C)
     */
    Tensor forward(Tensor ids, int past) {
        var x = words.embedding(ids).add(positions.narrow(0, past, ids.size(1))); // (B, T, C)
        return Trace.tap(path, norm.forward(x));
    }

    /**
     * Embeds tokens that stand anywhere.
     *
     * @param ids (B, T) int64
     * @param where (B, T) int64, the position of each
     * @return (B, T, C)
     */
    Tensor at(Tensor ids, Tensor where) {
        return Trace.tap(path, norm.forward(words.embedding(ids).add(positions.embedding(where))));
    }

    Tensor words() {
        return words;
    }

    String wordName() {
        return wordName;
    }
}
