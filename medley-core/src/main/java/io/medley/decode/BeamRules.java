package io.medley.decode;

/**
 * The lengths a beam search divides by, which transformers changed over time. The prompt's length is P; a hypothesis of length L (prompt
 * included, end token excluded) either ends with the end token or is open when the search ends.
 */
public enum BeamRules {
    /** Scores divide by L; the attainable score by the length before the new token. What BLIP pins. */
    TRANSFORMERS_4_15 {
        @Override
        int scoredLength(int length, int prompt, boolean ended) {
            return length;
        }

        @Override
        int attainableLength(int length, int prompt) {
            return length;
        }

        @Override
        int longest(int maxLength, int prompt) {
            return maxLength;
        }
    },
    /** Scores divide by L; the attainable score by the length with the new token. What LAVIS' BLIP-2 runs on. */
    TRANSFORMERS_4_33 {
        @Override
        int scoredLength(int length, int prompt, boolean ended) {
            return length;
        }

        @Override
        int attainableLength(int length, int prompt) {
            return length + 1;
        }

        @Override
        int longest(int maxLength, int prompt) {
            return maxLength;
        }
    },
    /** Only generated tokens count, the end token among them (4.36 on). What Hugging Face's own BLIP is compared with. */
    TRANSFORMERS_4_37 {
        @Override
        int scoredLength(int length, int prompt, boolean ended) {
            return length - prompt + (ended ? 1 : 0);
        }

        @Override
        int attainableLength(int length, int prompt) {
            return length + 1 - prompt;
        }

        @Override
        int longest(int maxLength, int prompt) {
            return maxLength - prompt;
        }
    };

    /** The length a hypothesis' sum of log-probabilities is divided by. */
    abstract int scoredLength(int length, int prompt, boolean ended);

    /** The length the best open sum is divided by, {@code length} being the one before the step's new token. */
    abstract int attainableLength(int length, int prompt);

    /** The length the best open sum is divided by when it may still grow to the end. */
    abstract int longest(int maxLength, int prompt);
}
