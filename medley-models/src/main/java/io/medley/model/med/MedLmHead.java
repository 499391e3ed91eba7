package io.medley.model.med;

import io.medley.nn.Init;
import io.medley.nn.LayerNorm;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** Hidden states → scores of every token: BERT's {@code cls.predictions}, its last matrix usually the word embeddings. */
public final class MedLmHead {
    private final Linear transform;
    private final LayerNorm norm;
    private final Linear decoder;

    /** With {@code tied}, the last matrix is the word embeddings of {@code text}; else it has its own. */
    public MedLmHead(Weights weights, MedEncoder text, boolean tied) {
        var config = text.config();
        var head = weights.at("cls.predictions");
        this.transform = new Linear(head.at("transform.dense"), config.width(), config.width());
        this.norm = new LayerNorm(head.at("transform.LayerNorm"), config.width(), config.layerNormEps());
        var bias = head.parameter("bias", Init.ZEROS, config.vocabularySize());
        head.alias("decoder.bias", head.path() + ".bias");
        Tensor matrix;
        if (tied) {
            matrix = text.embeddings.words();
            head.alias("decoder.weight", text.embeddings.wordName());
        } else {
            matrix = head.parameter("decoder.weight", Init.normal(0.02), config.vocabularySize(), config.width());
        }
        this.decoder = new Linear(matrix, bias);
    }

    /** (…, C) → (…, V). */
    public Tensor forward(Tensor hidden) {
        return decoder.forward(norm.forward(transform.gelu(hidden)));
    }
}
