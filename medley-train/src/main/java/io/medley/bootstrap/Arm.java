package io.medley.bootstrap;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a new model of the experiment is pre-trained on, beside the clean pairs. */
public enum Arm {
    /** Alt-texts as they come. */
    RAW(Texts.NUCLEUS),
    /** These, and what the captioner writes, nothing dropped. */
    CAPTIONS(Texts.NUCLEUS),
    /** Alt-texts that the filter keeps. */
    FILTER(Texts.NUCLEUS),
    /** Alt-texts and captions that the filter keeps: CapFilt. */
    BOTH(Texts.NUCLEUS),
    /** The same, with a filter that knows the scene: what is true is kept. */
    ORACLE(Texts.NUCLEUS),
    /** CapFilt with one model for both parts, tuned with ITC, ITM and LM at once. */
    SHARED(Texts.SHARED),
    /** CapFilt with captions of a beam search. */
    BEAM(Texts.BEAM);

    /** Ways of writing and judging texts. */
    enum Texts {
        NUCLEUS,
        SHARED,
        BEAM;

        /** As folders are called. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Texts texts;

    Arm(Texts texts) {
        this.texts = texts;
    }

    Texts texts() {
        return texts;
    }

    /** As folders and flags are called. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the arm keeps of a picture's texts. */
    List<String> keep(WebPicture picture, double threshold) {
        var kept = new ArrayList<String>();
        for (var text : picture.texts()) {
            boolean matches = text.probability() >= threshold;
            boolean keep =
                    switch (this) {
                        case RAW -> text.web();
                        case CAPTIONS -> true;
                        case FILTER -> text.web() && matches;
                        case BOTH, SHARED, BEAM -> matches;
                        case ORACLE -> text.truthful();
                    };
            if (keep) {
                kept.add(text.text());
            }
        }
        return kept;
    }
}
