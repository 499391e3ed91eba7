package io.medley.model.med;

import io.medley.nn.Fresh;
import io.medley.nn.LayerNorm;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** BERT's feed-forward part with its residual sum and norm. */
final class MedFeedForward {
    private final String path;
    private final Linear intermediate;
    private final Linear output;
    private final LayerNorm norm;

    MedFeedForward(Weights layer, MedConfig config) {
        this.path = layer.path();
        this.intermediate = new Linear(layer.at("intermediate.dense"), config.width(), config.mlpWidth());
        this.output = new Linear(layer.at("output.dense"), config.mlpWidth(), config.width());
        this.norm = new LayerNorm(layer.at("output.LayerNorm"), config.width(), config.layerNormEps());
    }

    /** This very part under a second set of names. */
    MedFeedForward under(Weights layer) {
        layer.aliases(path, "intermediate.dense", "output.dense", "output.LayerNorm");
        return this;
    }

    /** (R, T, C) → (R, T, C). */
    Tensor forward(Tensor x) {
        var hidden = intermediate.gelu(x); // (R, T, M)
        return norm.forward(Fresh.residual(x, output.forward(hidden)));
    }
}
