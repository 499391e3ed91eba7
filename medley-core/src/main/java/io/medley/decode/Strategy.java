package io.medley.decode;

import io.medley.tensor.MedleyException;

/** How the next token is chosen. */
public sealed interface Strategy {
    /** The most probable token, after the repetition penalty and the minimum length, which act on raw logits. */
    record Greedy() implements Strategy {}

    /**
     * Beam search as transformers' {@code beam_search} does it: penalties act on log-softmax values, 2·beams candidates are taken, the end
     * token counts only among the first {@code beams} of them. One beam is greedy decoding, as in {@code generate(num_beams=1)}.
     *
     * @param beams number of hypotheses kept per context, at least 1
     * @param lengthPenalty exponent of the length that scores are divided by; above 0 favours long sequences
     * @param earlyStopping when the search of a context ends
     * @param rules which lengths scores are divided by
     */
    record Beam(int beams, double lengthPenalty, EarlyStopping earlyStopping, BeamRules rules) implements Strategy {
        public Beam {
            if (beams < 1 || beams > MOST_BEAMS) {
                throw new MedleyException("beams: " + beams + " given; use 1 to " + MOST_BEAMS);
            }
            if (!Double.isFinite(lengthPenalty)) {
                throw new MedleyException(
                        "length penalty: " + lengthPenalty + " given; use a finite number, usually 1");
            }
            if (earlyStopping == EarlyStopping.NEVER && rules == BeamRules.TRANSFORMERS_4_15) {
                throw new MedleyException("early stopping: NEVER does not exist in the rules of transformers 4.15; use "
                        + "FIRST or HEURISTIC, or later rules");
            }
        }

        /** Length penalty 1, the heuristic end, and the rules of transformers 4.15. */
        public Beam(int beams) {
            this(beams, 1, EarlyStopping.HEURISTIC, BeamRules.TRANSFORMERS_4_15);
        }
    }

    /**
     * Random choice in proportion to softmax(logits / temperature), restricted to the {@code topK} most probable tokens and of these to the
     * nucleus: tokens in decreasing order of probability as long as those before them have a mass of at most {@code topP} (Holtzman et al.,
     * The Curious Case of Neural Text Degeneration). The order of transformers: repetition penalty, minimum length, temperature, top-k,
     * top-p.
     *
     * @param temperature above 0; 1 leaves the distribution as it is
     * @param topK 0 for no limit; {@code generate()} has 50 unless told otherwise, so BLIP's nucleus sampling does too
     * @param topP above 0, at most 1; 1 for no limit
     * @param seed the stream of sample j of a context depends on the seed, the context's key and j, and on nothing else
     */
    record Sample(double temperature, int topK, double topP, long seed) implements Strategy {
        public Sample {
            if (!(temperature > 0) || !Double.isFinite(temperature)) {
                throw new MedleyException(
                        "temperature: " + temperature + " given; use a number above 0 (greedy decoding has none)");
            }
            if (topK < 0) {
                throw new MedleyException("top-k: " + topK + " given; use a number of tokens, or 0 for no limit");
            }
            if (!(topP > 0 && topP <= 1)) {
                throw new MedleyException("top-p: " + topP + " given; use a probability above 0 and at most 1");
            }
        }
    }

    /** A bound against slips; a beam search wider than this has no use. */
    int MOST_BEAMS = 1024;
}
