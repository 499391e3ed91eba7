package io.medley.task;

import io.medley.tensor.MedleyException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How captions are written. Start from {@link #beam}, {@link #greedy} or {@link #nucleus} and change single values with the
 * {@code with…} methods.
 *
 * @param decoding how tokens are chosen
 * @param samples captions per image, at least 1; greedy decoding has one, beam search at most as many as beams (the best ones)
 * @param prompt text each caption starts with; {@code null} means the prompt the model was trained with, the empty string none. The
 *     prompt is not part of the returned text
 * @param minLength least number of tokens, counted as the originals do: start token and prompt included, end token not
 * @param maxLength greatest number of tokens, counted alike
 * @param repetitionPenalty divisor of the logits of tokens already used (Keskar et al. 2019), at least 1; 1 means none
 * @param seed fixes sampling. Sample k of any image draws from the stream (seed, k), so the result for an image does not depend on the
 *     images beside it, nor on threads
 */
public record CaptionOptions(
        Decoding decoding,
        int samples,
        @Nullable String prompt,
        int minLength,
        int maxLength,
        double repetitionPenalty,
        long seed)
        implements Serializable {

    private static final int MOST_SAMPLES = 1000;

    public CaptionOptions {
        if (samples < 1 || samples > MOST_SAMPLES) {
            throw new MedleyException("samples is " + samples + "; give a number from 1 to " + MOST_SAMPLES);
        }
        if (decoding instanceof Decoding.Greedy && samples > 1) {
            throw new MedleyException("samples is " + samples
                    + " but greedy decoding has one result; use beam search or nucleus sampling");
        }
        if (decoding instanceof Decoding.Beam beam && samples > beam.beams()) {
            throw new MedleyException("samples is " + samples + " but there are only " + beam.beams()
                    + " beams; give at least as many beams as samples");
        }
        if (minLength < 0 || maxLength < 1 || minLength > maxLength) {
            throw new MedleyException("lengths are " + minLength + " to " + maxLength
                    + "; give a minimum of at least 0 and a maximum not below it");
        }
        if (!(repetitionPenalty >= 1) || !Double.isFinite(repetitionPenalty)) {
            throw new MedleyException("repetition penalty is " + repetitionPenalty + "; give a number of at least 1");
        }
    }

    /** Beam search with BLIP's demo settings: 5 to 30 tokens, no penalty. */
    public static CaptionOptions beam(int beams) {
        return new CaptionOptions(new Decoding.Beam(beams), 1, null, 5, 30, 1.0, 0);
    }

    /** The most probable token at each step, 5 to 30 tokens. */
    public static CaptionOptions greedy() {
        return new CaptionOptions(new Decoding.Greedy(), 1, null, 5, 30, 1.0, 0);
    }

    /** Nucleus sampling as BLIP does it: repetition penalty 1.1, at most 50 tokens considered, 5 to 30 tokens. */
    public static CaptionOptions nucleus(double p, int samples, long seed) {
        return new CaptionOptions(new Decoding.Nucleus(p), samples, null, 5, 30, 1.1, seed);
    }

    public CaptionOptions withDecoding(Decoding value) {
        return new CaptionOptions(value, samples, prompt, minLength, maxLength, repetitionPenalty, seed);
    }

    public CaptionOptions withSamples(int value) {
        return new CaptionOptions(decoding, value, prompt, minLength, maxLength, repetitionPenalty, seed);
    }

    public CaptionOptions withPrompt(@Nullable String value) {
        return new CaptionOptions(decoding, samples, value, minLength, maxLength, repetitionPenalty, seed);
    }

    public CaptionOptions withLengths(int min, int max) {
        return new CaptionOptions(decoding, samples, prompt, min, max, repetitionPenalty, seed);
    }

    public CaptionOptions withRepetitionPenalty(double value) {
        return new CaptionOptions(decoding, samples, prompt, minLength, maxLength, value, seed);
    }

    public CaptionOptions withSeed(long value) {
        return new CaptionOptions(decoding, samples, prompt, minLength, maxLength, repetitionPenalty, value);
    }
}
