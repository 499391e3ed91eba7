package io.medley.model.med;

import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The causal text transformer with its language-model head: {@code BertLMHeadModel} of {@code models/med.py}. */
public final class MedDecoder {
    private final MedEncoder text;
    private final MedLmHead head;

    public MedDecoder(Weights weights, MedConfig config, boolean tied) {
        this.text = new MedEncoder(weights.at("bert"), config);
        this.head = new MedLmHead(weights, text, tied);
    }

    /** Shares with an encoder what {@code sharing} says; the last matrix of its head is its word embeddings. */
    public MedDecoder(Weights weights, MedEncoder shared, Sharing sharing) {
        this.text = new MedEncoder(weights.at("bert"), shared, sharing);
        this.head = new MedLmHead(weights, text, true);
    }

    public MedConfig config() {
        return text.config();
    }

    /** See {@link MedEncoder#memory}. */
    public CrossMemory memory(Tensor states, @Nullable Tensor mask) {
        return text.memory(states, mask);
    }

    /** See {@link MedEncoder#generationMemory}. */
    public CrossMemory generationMemory(Tensor states) {
        return text.generationMemory(states);
    }

    /** See {@link MedEncoder#sharesMemory}. */
    public boolean sharesMemory(MedEncoder other) {
        return text.sharesMemory(other);
    }

    /**
     * Scores of the next token at every position (not shifted).
     *
     * @param ids (B, T) int64
     * @param mask (B, T) ones where there is text, or null
     * @return (B, T, V)
     */
    public Tensor logits(Tensor ids, @Nullable Tensor mask, CrossMemory memory) {
        return head.forward(text.decode(ids, mask, memory));
    }

    /**
     * The language-modelling loss: position t predicts the label at t + 1.
     *
     * @param labels (B, T) int64, −100 where nothing is asked
     * @param smoothing label smoothing (0.1 in BLIP)
     * @return (B, T−1), 0 where nothing is asked
     */
    public Tensor tokenLosses(Tensor logits, Tensor labels, double smoothing) {
        long rows = logits.size(0);
        long length = logits.size(1) - 1;
        var predicted = logits.narrow(1, 0, length).reshape(rows * length, logits.size(2));
        var targets = labels.narrow(1, 1, length).reshape(rows * length);
        return predicted.crossEntropy(targets, -100, smoothing).reshape(rows, length);
    }

    /** A generation over the contexts of {@code memory}, one row per context. */
    public MedDecoderState start(CrossMemory memory, int maxLength) {
        return new MedDecoderState(text, head, memory, maxLength);
    }

    /** A generation without contexts yet, which may have {@code rows} rows for {@code contexts} contexts at a time. */
    public MedContinuousState startContinuous(int rows, int contexts, int maxLength) {
        return new MedContinuousState(text, head, rows, contexts, maxLength);
    }
}
