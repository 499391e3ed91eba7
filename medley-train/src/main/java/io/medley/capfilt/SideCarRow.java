package io.medley.capfilt;

import org.jspecify.annotations.Nullable;

/**
 * A row of the side-car: one text of one picture, or a picture that could not be used. Columns are named alike in snake case.
 *
 * @param key the sample's key
 * @param row its place in the shard, from 0; error rows count too
 * @param source {@code web} or {@code synthetic}; null in error rows
 * @param sample number of the synthetic text, from 0
 * @param text null in error rows
 * @param logProbability the captioner's, per token; null for web texts
 * @param itmProbability 0 to 1; null for empty texts, like all scores
 * @param itmLogit log-odds
 * @param itcCosine -1 to 1
 * @param clipScore -1 to 1; null without a CLIP model
 * @param kept whether the policy keeps it
 * @param reason why or why not: a {@link Verdict} in lower case, or {@code error}
 * @param error what is wrong with the picture, else null
 * @param decodeMs milliseconds this picture took to decode; timings are null unless asked for, since no two runs have the same
 * @param encodeMs milliseconds its batch took in the image encoders, divided by the batch's size
 * @param generateMs the same for writing captions
 * @param filterMs the same for scoring
 */
public record SideCarRow(
        String key,
        long row,
        @Nullable String source,
        int sample,
        @Nullable String text,
        @Nullable Double logProbability,
        @Nullable Double itmProbability,
        @Nullable Double itmLogit,
        @Nullable Double itcCosine,
        @Nullable Double clipScore,
        boolean kept,
        String reason,
        @Nullable String error,
        @Nullable Double decodeMs,
        @Nullable Double encodeMs,
        @Nullable Double generateMs,
        @Nullable Double filterMs) {
    /** What {@link #reason} says in error rows. */
    static final String ERROR = "error";

    /** Whether this row is about a picture that could not be used. */
    boolean isError() {
        return reason.equals(ERROR);
    }
}
