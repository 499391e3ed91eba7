package io.medley.decode;

import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decodes any number of contexts with a batch that stays full: as continuations end, the next contexts enter, and each pass reads the prompts
 * of these beside one token of the others (iteration-level scheduling; Yu et al., Orca, 2022).
 *
 * <pre>{@code
 * while (more || !decoder.isIdle()) {
 *     while (more && decoder.hasRoom()) {
 *         decoder.enter(next context, prompt, key, result -> …);
 *     }
 *     decoder.step();
 * }
 * }</pre>
 *
 * <p>Continuations are those of {@link Decoder#decode}, up to the rounding of sums; who is beside whom depends only on the order of entries
 * and the lengths of continuations. Greedy decoding and sampling: a beam search moves its rows together. Not thread-safe.
 *
 * @param <C> what a context is to the model
 */
public final class ContinuousDecoder<C> {
    private final ContinuousState<C> state;
    private final DecodingOptions options;
    private final int rows;
    private final int contexts;
    private final StepwiseDecoding decoding;
    private final List<Turn> turns = new ArrayList<>();
    private int entered;

    private record Turn(List<Sample> samples, Consumer<List<Continuation>> done) {
        boolean isOpen() {
            return samples.stream().anyMatch(Sample::isOpen);
        }
    }

    /**
     * A decoder without contexts.
     *
     * @param state without rows; whoever made it closes it
     * @param rows continuations under way at most, at least as many as a context has
     * @param contexts contexts under way at most
     * @throws MedleyException for a beam search, or if options and model do not fit together
     */
    public ContinuousDecoder(ContinuousState<C> state, DecodingOptions options, int rows, int contexts) {
        if (options.strategy() instanceof Strategy.Beam beam && beam.beams() > 1) {
            throw new MedleyException(
                    "decoding: a beam search does not take contexts while it runs; sample, or decode greedily");
        }
        if (rows < options.samples() || contexts < 1) {
            throw new MedleyException("decoding: " + rows + " rows for " + contexts + " contexts of "
                    + options.samples() + " samples; give room for one context at least");
        }
        Decoder.checkModel(state, options);
        this.state = state;
        this.options = options;
        this.rows = rows;
        this.contexts = contexts;
        this.decoding = new StepwiseDecoding(new Batch(state), options, DecodingListener.NONE);
    }

    /** Whether another context may enter now. */
    public boolean hasRoom() {
        return turns.size() < contexts && decoding.live() + options.samples() <= rows;
    }

    /** Whether nothing is under way. */
    public boolean isIdle() {
        return turns.isEmpty();
    }

    /**
     * Begins with a context.
     *
     * @param prompt at least one token
     * @param key what sets its random numbers apart, see {@link Decoder#decode}
     * @param done told its continuations when the last of them has ended: within a {@link #step}, or at once if the prompt has the maximum
     *     length
     */
    public void enter(C context, int[] prompt, long key, Consumer<List<Continuation>> done) {
        if (!hasRoom()) {
            throw new IllegalStateException("ContinuousDecoder: no room; ask hasRoom() first");
        }
        Decoder.checkPrompt(prompt, entered, prompt.length, state.vocabularySize(), options.maxLength());
        if (prompt.length == options.maxLength()) {
            done.accept(
                    Collections.nCopies(options.samples(), Hypothesis.of(prompt).finish(0, FinishReason.MAX_LENGTH)));
            return;
        }
        try (var off = NoGrad.open()) {
            decoding.settle();
            state.enter(context);
        }
        turns.add(new Turn(decoding.enter(entered++, prompt, key, state.rows() - 1), done));
    }

    /** One pass through the model: one more token for each continuation under way. */
    public void step() {
        if (isIdle()) {
            return;
        }
        try (var off = NoGrad.open()) {
            decoding.step();
        }
        for (var turn : List.copyOf(turns)) {
            if (!turn.isOpen()) {
                turns.remove(turn);
                turn.done.accept(StepwiseDecoding.results(turn.samples));
            }
        }
    }
}
