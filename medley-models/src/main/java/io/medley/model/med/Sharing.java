package io.medley.model.med;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a text decoder shares with the text encoder it is trained beside: the choices of BLIP's ablation (Li et al. 2022, section 5.3). The
 * language-model head is always the decoder's own.
 */
public enum Sharing {
    /** One transformer for both; only the mask differs. */
    ALL(true, true, true),
    /** Each looks at images in its own way. */
    ALL_BUT_CROSS_ATTENTION(true, false, true),
    /** BLIP's choice: what differs most between reading and writing is how the text looks at itself. */
    ALL_BUT_SELF_ATTENTION(false, true, true),
    /** Two transformers, each with its own embeddings. */
    NONE(false, false, false);

    private final boolean selfAttention;
    private final boolean crossAttention;
    private final boolean rest;

    Sharing(boolean selfAttention, boolean crossAttention, boolean rest) {
        this.selfAttention = selfAttention;
        this.crossAttention = crossAttention;
        this.rest = rest;
    }

    boolean selfAttention() {
        return selfAttention;
    }

    boolean crossAttention() {
        return crossAttention;
    }

    /** Embeddings and feed-forward parts. */
    boolean rest() {
        return rest;
    }

    /** As configurations and tables write it, such as {@code all_but_self_attention}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The choice of a {@link #word}. */
    public static Optional<Sharing> of(String word) {
        return Arrays.stream(values())
                .filter(sharing -> sharing.word().equals(word))
                .findFirst();
    }
}
