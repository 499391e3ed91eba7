package io.medley.decode;

import io.medley.tensor.MedleyException;

/**
 * How to decode. Lengths are in tokens and count the prompt, as in transformers.
 *
 * @param strategy how the next token is chosen
 * @param minLength the end token is forbidden before this length
 * @param maxLength no sequence gets longer than this, end token included
 * @param repetitionPenalty scores of tokens that occur in the sequence, prompt included, are divided by it if positive and multiplied if
 *     negative (Keskar et al., CTRL); 1 for none
 * @param samples continuations per context: independent draws when sampling, the best hypotheses of a beam search, 1 when greedy
 * @param endToken the id that ends a sequence, or {@link #NO_END_TOKEN}
 */
public record DecodingOptions(
        Strategy strategy, int minLength, int maxLength, double repetitionPenalty, int samples, int endToken) {
    /** For models whose sequences have a fixed length. */
    public static final int NO_END_TOKEN = -1;

    private static final int MOST_SAMPLES = 65_536;

    public DecodingOptions {
        if (minLength < 0) {
            throw new MedleyException("minimum length: " + minLength + " given; use 0 or more");
        }
        if (maxLength < 1) {
            throw new MedleyException("maximum length: " + maxLength + " given; use 1 or more (the prompt counts)");
        }
        if (minLength > maxLength) {
            throw new MedleyException("minimum length: " + minLength + " is above the maximum length " + maxLength
                    + "; lower one or raise the other");
        }
        if (!(repetitionPenalty > 0) || !Double.isFinite(repetitionPenalty)) {
            throw new MedleyException(
                    "repetition penalty: " + repetitionPenalty + " given; use a number above 0, 1 for none");
        }
        if (samples < 1 || samples > MOST_SAMPLES) {
            throw new MedleyException("samples: " + samples + " given; use 1 to " + MOST_SAMPLES);
        }
        if (endToken < NO_END_TOKEN) {
            throw new MedleyException("end token: " + endToken + " given; use an id, or -1 for none");
        }
        if (samples > 1 && strategy instanceof Strategy.Greedy) {
            throw new MedleyException("samples: " + samples
                    + " given, but greedy decoding has one result; sample, or search with as many beams");
        }
        if (strategy instanceof Strategy.Beam beam && samples > beam.beams()) {
            throw new MedleyException("samples: " + samples + " given, but a search with " + beam.beams()
                    + " beams has no more results than beams; raise the beams");
        }
    }

    /** Greedy decoding to at most {@code maxLength}, ended by {@code endToken}. */
    public static DecodingOptions greedy(int maxLength, int endToken) {
        return new DecodingOptions(new Strategy.Greedy(), 0, maxLength, 1, 1, endToken);
    }

    /** Beam search with the rules of transformers 4.15. */
    public static DecodingOptions beam(int beams, int maxLength, int endToken) {
        return new DecodingOptions(new Strategy.Beam(beams), 0, maxLength, 1, 1, endToken);
    }

    /** Nucleus sampling from the full distribution at temperature 1 (BLIP's own also has top-k 50). */
    public static DecodingOptions nucleus(double topP, long seed, int maxLength, int endToken) {
        return new DecodingOptions(new Strategy.Sample(1, 0, topP, seed), 0, maxLength, 1, 1, endToken);
    }

    public DecodingOptions withStrategy(Strategy other) {
        return new DecodingOptions(other, minLength, maxLength, repetitionPenalty, samples, endToken);
    }

    public DecodingOptions withMinLength(int length) {
        return new DecodingOptions(strategy, length, maxLength, repetitionPenalty, samples, endToken);
    }

    public DecodingOptions withRepetitionPenalty(double penalty) {
        return new DecodingOptions(strategy, minLength, maxLength, penalty, samples, endToken);
    }

    public DecodingOptions withSamples(int count) {
        return new DecodingOptions(strategy, minLength, maxLength, repetitionPenalty, count, endToken);
    }

    /** Whether the end token may not come next in a sequence of this length. */
    boolean bansEnd(int length) {
        return endToken != NO_END_TOKEN && length < minLength;
    }
}
