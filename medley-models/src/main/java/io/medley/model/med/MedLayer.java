package io.medley.model.med;

import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Self-attention, then cross-attention when there is an image, then feed-forward; each with residual sum and norm after it. */
final class MedLayer {
    private final String path;
    final MedAttention attention;
    final MedAttention crossAttention;
    private final MedFeedForward feedForward;

    MedLayer(Weights weights, MedConfig config) {
        this.path = weights.path();
        this.attention = new MedAttention(weights.at("attention"), config, config.width());
        this.crossAttention = new MedAttention(weights.at("crossattention"), config, config.encoderWidth());
        this.feedForward = new MedFeedForward(weights, config);
    }

    /** Shares with another layer what {@code sharing} says; those parts get a second set of names. */
    MedLayer(Weights weights, MedConfig config, MedLayer shared, Sharing sharing) {
        this.path = weights.path();
        this.attention = sharing.selfAttention()
                ? shared.attention.under(weights.at("attention"))
                : new MedAttention(weights.at("attention"), config, config.width());
        this.crossAttention = sharing.crossAttention()
                ? shared.crossAttention.under(weights.at("crossattention"))
                : new MedAttention(weights.at("crossattention"), config, config.encoderWidth());
        this.feedForward = sharing.rest() ? shared.feedForward.under(weights) : new MedFeedForward(weights, config);
    }

    /**
     * One layer of the bidirectional or causal text transformer.
     *
     * @param x (R, T, C)
     * @param mask added to the self-attention scores
     * @param seen the images' keys and values at this layer, or null to stay with the text
     * @param seenMask added to the cross-attention scores, or null
     */
    Tensor forward(Tensor x, @Nullable Tensor mask, MedAttention.@Nullable KeyValue seen, @Nullable Tensor seenMask) {
        return afterSelf(attention.forward(x, mask), seen, seenMask);
    }

    /** The layer with attention of another kind to text and image, whose keys and values the caller holds. */
    Tensor forward(Tensor x, MedAttention.Lookup self, MedAttention.Lookup cross) {
        return Trace.tap(path, feedForward.forward(crossAttention.attend(attention.attend(x, self), cross)));
    }

    /** {@link #forward} of the first token alone, (R, 1, C): the others serve only as its keys and values. */
    Tensor first(Tensor x, @Nullable Tensor mask, MedAttention.@Nullable KeyValue seen, @Nullable Tensor seenMask) {
        return afterSelf(attention.attend(x.narrow(1, 0, 1), attention.project(x), mask), seen, seenMask);
    }

    /** The rest of the layer after self-attention. */
    Tensor afterSelf(Tensor x, MedAttention.@Nullable KeyValue seen, @Nullable Tensor seenMask) {
        if (seen != null) {
            x = crossAttention.attendShared(x, seen, seenMask);
        }
        return Trace.tap(path, feedForward.forward(x));
    }
}
