package io.medley.decode;

import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Decodes a batch of contexts.
 *
 * <pre>{@code
 * try (var state = model.startDecoding(images)) {
 *     var captions = Decoder.decode(state, prompts, DecodingOptions.beam(3, 20, tokenizer.sepId()));
 * }
 * }</pre>
 *
 * <p>Results equal those of transformers' {@code generate()} with the same arguments, with one deliberate difference: where the prompt
 * already has the maximum length nothing is generated (upstream generates one token too many, or fails in a beam search). Sequences that are
 * finished leave the batch.
 */
public final class Decoder {
    // Ids travel as floats next to their scores; no vocabulary comes near.
    private static final int LARGEST_VOCABULARY = 1 << 24;

    private Decoder() {}

    /** Decodes with nobody listening; the key of a context is its index in the batch. */
    public static List<List<Continuation>> decode(DecoderState state, int[][] prompts, DecodingOptions options) {
        var keys = new long[prompts.length];
        for (int c = 0; c < keys.length; c++) {
            keys[c] = c;
        }
        return decode(state, prompts, options, keys, DecodingListener.NONE);
    }

    /**
     * Decodes, without recording gradients. The state is used up by it: make a new one for the next call.
     *
     * @param state fresh, with one row per context
     * @param prompts one per context, of equal lengths of at least 1
     * @param keys one per context: what sets its random numbers apart. Give the samples of a dataset keys of their own ({@link #key}) and
     *     their results do not depend on the batches they come in. Unused unless sampling
     * @param listener told of tokens as they are chosen; may end the run
     * @return per context {@link DecodingOptions#samples} continuations; those of a beam search with the best first
     * @throws MedleyException if prompts, keys and options do not fit together or the logits are not finite
     */
    public static List<List<Continuation>> decode(
            DecoderState state, int[][] prompts, DecodingOptions options, long[] keys, DecodingListener listener) {
        check(state, prompts, options, keys);
        if (prompts.length == 0) {
            return List.of();
        }
        var batch = new Batch(state);
        try (var off = NoGrad.open()) {
            if (prompts[0].length == options.maxLength()) {
                return nothingGenerated(prompts, options);
            }
            if (options.strategy() instanceof Strategy.Beam beam && beam.beams() > 1) {
                return new BeamDecoding(batch, options, beam, listener).run(prompts);
            }
            return new StepwiseDecoding(batch, options, listener).run(prompts, keys);
        }
    }

    /**
     * The probabilities that sampling draws the next token with: after repetition penalty, minimum length, temperature, top-k and top-p.
     * {@link #decode} draws from this distribution without writing it out.
     *
     * @param logits (R, V)
     * @param sequences per row, the ids so far, prompt included
     * @return R rows of V
     */
    public static float[][] distribution(
            Tensor logits, int[][] sequences, DecodingOptions options, Strategy.Sample strategy) {
        if (logits.dim() != 2 || logits.size(0) != sequences.length) {
            throw new MedleyException("decoding: logits " + logits + " for " + sequences.length
                    + " sequences; give one row of logits per sequence");
        }
        var chooser = new SamplingChooser(strategy);
        var rows = new float[sequences.length][];
        for (int r = 0; r < rows.length; r++) {
            checkIds(sequences[r], r, Math.toIntExact(logits.size(1)));
            rows[r] = chooser.distribution(logits, r, Penalties.of(Hypothesis.of(sequences[r]), options));
        }
        return rows;
    }

    /** A key made of a name (a file, a sample's key): the same on every machine. */
    public static long key(String name) {
        return RandomStream.key(name);
    }

    private static List<List<Continuation>> nothingGenerated(int[][] prompts, DecodingOptions options) {
        return Arrays.stream(prompts)
                .map(p ->
                        Collections.nCopies(options.samples(), Hypothesis.of(p).finish(0, FinishReason.MAX_LENGTH)))
                .toList();
    }

    private static void check(DecoderState state, int[][] prompts, DecodingOptions options, long[] keys) {
        if (state.rows() != prompts.length || keys.length != prompts.length) {
            throw new MedleyException("decoding: " + prompts.length + " prompts and " + keys.length + " keys for "
                    + state.rows() + " contexts; give one of each per context");
        }
        checkModel(state, options);
        for (int c = 0; c < prompts.length; c++) {
            checkPrompt(prompts[c], c, prompts[0].length, state.vocabularySize(), options.maxLength());
        }
    }

    static void checkModel(DecoderState state, DecodingOptions options) {
        int vocabulary = state.vocabularySize();
        if (vocabulary < 1 || vocabulary > LARGEST_VOCABULARY) {
            throw new MedleyException("decoding: a vocabulary of " + vocabulary + " tokens; 1 to " + LARGEST_VOCABULARY
                    + " are possible");
        }
        if (options.endToken() >= vocabulary) {
            throw new MedleyException("end token: " + options.endToken() + " is outside the vocabulary of " + vocabulary
                    + " tokens; the tokenizer does not fit the model");
        }
    }

    static void checkPrompt(int[] prompt, int context, int length, int vocabulary, int maxLength) {
        if (prompt.length == 0) {
            throw new MedleyException("prompt " + context + ": empty; give at least the token that starts a sequence");
        }
        if (prompt.length != length) {
            throw new MedleyException("prompt " + context + ": " + prompt.length + " tokens where the first has "
                    + length + "; decode prompts of different lengths apart");
        }
        if (prompt.length > maxLength) {
            throw new MedleyException("prompt " + context + ": " + prompt.length + " tokens, but the maximum length is "
                    + maxLength + " (the prompt counts); shorten it or raise the maximum");
        }
        checkIds(prompt, context, vocabulary);
    }

    private static void checkIds(int[] ids, int context, int vocabulary) {
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new MedleyException("prompt " + context + ": id " + id + " is outside the vocabulary of "
                        + vocabulary + " tokens; the tokenizer does not fit the model");
            }
        }
    }
}
