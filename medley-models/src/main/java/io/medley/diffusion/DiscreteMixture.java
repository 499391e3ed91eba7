package io.medley.diffusion;

import io.medley.tensor.DType;
import io.medley.tensor.Tensor;

/**
 * Flow matching over tokens (Gat et al., 2024): each token is the data's with probability α(t), else the source's. The bridge from continuous
 * flows to masked generation.
 */
public record DiscreteMixture(ProbabilityPath path) {

    /** x_t of tokens (B, N) int64: the source's where {@code uniform} (B, N) is below σ(t). */
    public Tensor state(Tensor data, Tensor source, double[] t, Tensor uniform) {
        var stays = Batch.column(Batch.map(t, path::sigma), uniform).gt(uniform.to(DType.FLOAT64));
        return Tensor.where(stays, source, data);
    }

    /** Rate at which tokens jump, α̇/(1 − α). */
    private double rate(double t) {
        return path.alphaRate(t) / (1 - path.alpha(t));
    }

    /** The velocity of the probabilities of every token, (B, N, V), from logits of the data's and the present tokens (B, N). */
    public Tensor velocity(Tensor logits, Tensor tokens, double[] t) {
        var now = Tensor.arange(logits.size(2)).eq(tokens.unsqueeze(2)).to(DType.FLOAT64); // (B, N, V)
        return Batch.scale(Batch.state(logits).softmax(2).sub(now), t, this::rate);
    }

    /** The generalised Kullback–Leibler loss, mean over tokens. */
    public Tensor loss(Tensor logits, Tensor data, Tensor tokens, double[] t) {
        var logProbabilities = Batch.state(logits).logSoftmax(2);
        var logData = logProbabilities.gather(2, data.unsqueeze(2)).squeeze(2); // (B, N)
        var here = logProbabilities.exp().gather(2, tokens.unsqueeze(2)).squeeze(2);
        var same = tokens.eq(data).to(DType.FLOAT64);
        var inner = here.sub(same).add(same.neg().add(1).mul(logData));
        return Batch.scale(inner, t, at -> -rate(at)).mean();
    }
}
