package io.medley.task;

import io.medley.tensor.MedleyException;
import java.io.Serializable;

/** How the next tokens are chosen when a model writes text. */
public sealed interface Decoding extends Serializable {

    /** Takes the most probable token at every step. Deterministic. */
    record Greedy() implements Decoding {}

    /**
     * Beam search. Deterministic.
     *
     * @param beams number of hypotheses kept per image, at least 1
     * @param lengthPenalty exponent of the length by which a hypothesis' log-probability is divided; 1 is the mean, 0 the sum, larger
     *     values favour longer texts
     */
    record Beam(int beams, double lengthPenalty) implements Decoding {
        public Beam {
            if (beams < 1 || beams > 1000) {
                throw new MedleyException("beams is " + beams + "; give a number from 1 to 1000");
            }
            if (!Double.isFinite(lengthPenalty)) {
                throw new MedleyException("length penalty is " + lengthPenalty + "; give a finite number, normally 1");
            }
        }

        /** Beam search that ranks hypotheses by mean log-probability. */
        public Beam(int beams) {
            this(beams, 1.0);
        }
    }

    /**
     * Nucleus (top-p) sampling, Holtzman et al. 2020: draws from the smallest set of most probable tokens whose mass reaches {@code p}.
     *
     * @param p mass of the nucleus, in (0, 1]; 1 draws from the whole distribution
     * @param temperature divisor of the logits, greater than 0; 1 leaves them unchanged
     * @param topK at most this many tokens are considered; 0 means no such limit
     */
    record Nucleus(double p, double temperature, int topK) implements Decoding {
        /** transformers 4.15 applies this limit silently to every sampling call, so BLIP's published samples have it. */
        public static final int UPSTREAM_TOP_K = 50;

        public Nucleus {
            if (!(p > 0 && p <= 1)) {
                throw new MedleyException("nucleus mass is " + p + "; give a number greater than 0 and at most 1");
            }
            if (!(temperature > 0) || !Double.isFinite(temperature)) {
                throw new MedleyException("temperature is " + temperature + "; give a number greater than 0");
            }
            if (topK < 0) {
                throw new MedleyException("top-k is " + topK + "; give a positive number, or 0 for no limit");
            }
        }

        /** Nucleus sampling as BLIP does it: temperature 1, at most 50 tokens. */
        public Nucleus(double p) {
            this(p, 1.0, UPSTREAM_TOP_K);
        }
    }
}
