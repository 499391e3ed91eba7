package io.medley.task;

import io.medley.tensor.MedleyException;

/**
 * How pictures and texts are ranked for each other.
 *
 * @param rerank how many of the best by cosine are scored by the network that sees both (256 for COCO and 128 for Flickr30k in the original);
 *     0: ranked by cosine alone
 * @param formula what a re-ranked pair is worth
 */
public record RetrievalOptions(int rerank, Formula formula) {
    /** What a re-ranked pair is worth. */
    public enum Formula {
        /** Match logit plus cosine: BLIP. */
        LOGIT_PLUS_COSINE,
        /** Match logit alone: ALBEF. */
        LOGIT
    }

    public RetrievalOptions {
        if (rerank < 0 || rerank > 1 << 16) {
            throw new MedleyException("rerank is " + rerank + "; give 0 (by cosine alone) to " + (1 << 16));
        }
    }

    /** BLIP's: the 128 best, match logit plus cosine. */
    public static RetrievalOptions blip() {
        return new RetrievalOptions(128, Formula.LOGIT_PLUS_COSINE);
    }
}
