package io.medley.model.blip;

import io.medley.model.med.CrossMemory;
import io.medley.model.med.MedDecoder;
import io.medley.model.med.MedDecoderState;
import io.medley.model.med.MedEncoder;
import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Image and question → answer: {@code BLIP_VQA} of {@code models/blip_vqa.py}. The question looks at the image; the answer decoder looks at
 * the question's states only.
 *
 * <p>B questions, one per image unless they share a memory; T question tokens starting with [ENC]; A answers of L tokens starting with
 * [DEC]; C text width; V vocabulary.
 */
public final class BlipVqa {
    private static final double SMOOTHING = 0.1;

    private final BlipConfig config;
    private final BlipTokens tokens;
    private final VisionTransformer vision;
    private final MedEncoder question;
    private final MedDecoder answer;

    public BlipVqa(Weights weights, BlipConfig config, BlipTokens tokens) {
        this.config = config;
        this.tokens = tokens;
        this.vision = new VisionTransformer(weights.at("visual_encoder"), config.vision());
        this.question = new MedEncoder(weights.at("text_encoder"), config.imageText());
        this.answer = new MedDecoder(weights.at("text_decoder"), config.questionText(), config.tiedHead());
    }

    public BlipConfig config() {
        return config;
    }

    public VisionTransformer vision() {
        return vision;
    }

    public MedEncoder question() {
        return question;
    }

    public MedDecoder answer() {
        return answer;
    }

    /** What questions look at: the keys and values of images (I, N, C). */
    public CrossMemory memory(Tensor imageEmbeds) {
        return question.memory(imageEmbeds, null);
    }

    /**
     * The states of questions that have seen their image.
     *
     * @param ids (B, T) int64; the first column is overwritten by [ENC]; questions of one image stand together, equally many for each
     * @return (B, T, C)
     */
    public Tensor questionStates(Tensor ids, @Nullable Tensor mask, CrossMemory memory) {
        return question.encode(BlipTokens.withFirst(ids, tokens.enc()), mask, memory);
    }

    /**
     * The training loss: Σ weight · loss(answer) / B.
     *
     * @param states (B, T, C) of {@link #questionStates}
     * @param questionMask (B, T)
     * @param answerIds (A, L); the first column is overwritten by [DEC]
     * @param answerMask (A, L)
     * @param owner (A) int64, the question each answer belongs to
     * @param weights (A), how often people gave the answer; a question's weights sum to 1
     */
    public Tensor loss(
            Tensor states, Tensor questionMask, Tensor answerIds, Tensor answerMask, Tensor owner, Tensor weights) {
        var memory = answer.memory(states, questionMask).select(owner);
        return answerLosses(answerIds, answerMask, memory).mul(weights).sum().div(states.size(0));
    }

    /** Label-smoothed loss of each answer, summed over its tokens: (A). */
    public Tensor answerLosses(Tensor answerIds, Tensor answerMask, CrossMemory memory) {
        var ids = BlipTokens.withFirst(answerIds, tokens.dec());
        var logits = answer.logits(ids, answerMask, memory); // (A, L, V)
        return answer.tokenLosses(logits, tokens.labels(ids, 0), SMOOTHING).sum(1, false);
    }

    /**
     * The best of a list of answers.
     *
     * @param candidates (B, k) positions in the list, likeliest first token first
     * @param firstProbabilities (B, k) probability of the candidates' first token
     * @param scores (B, k) log-likelihood (with label smoothing, as upstream) of the whole candidate
     */
    public record Ranked(Tensor candidates, Tensor firstProbabilities, Tensor scores) {}

    /**
     * Ranks a list of answers: the k whose first token is likeliest are scored whole ({@code rank_answer}).
     *
     * @param states (B, T, C)
     * @param questionMask (B, T)
     * @param answerIds (A, L) of the list; the first column is overwritten by [DEC]
     * @param answerMask (A, L)
     */
    public Ranked rank(Tensor states, @Nullable Tensor questionMask, Tensor answerIds, Tensor answerMask, int k) {
        long questions = states.size(0);
        var ids = BlipTokens.withFirst(answerIds, tokens.dec());
        var memory = answer.memory(states, questionMask);
        var first = ids.narrow(0, 0, 1).narrow(1, 0, 1).expand(questions, 1);
        var next = answer.logits(first, null, memory).select(1, 0).softmax(-1); // (B, V)
        var best = next.indexSelect(1, ids.select(1, 1)).topk((int) Math.min(k, ids.size(0))); // (B, k)
        long kept = best.indices().size(1);
        var chosen = best.indices().reshape(questions * kept);
        var losses = answerLosses(answerIds.indexSelect(0, chosen), answerMask.indexSelect(0, chosen), memory);
        return new Ranked(best.indices(), best.values(), losses.neg().reshape(questions, kept));
    }

    /** A generation of answers; upstream lets it see the question's padding, so pass no mask to equal it. */
    public MedDecoderState start(Tensor states, @Nullable Tensor questionMask, int maxLength) {
        return answer.start(answer.memory(states, questionMask), maxLength);
    }
}
