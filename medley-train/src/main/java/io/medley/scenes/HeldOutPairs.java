package io.medley.scenes;

/**
 * The colour-kind pairs kept back for the compositional split: one colour of ten for every kind, every colour held back
 * for as many kinds. Each kind and each colour is still seen in training, only never together.
 */
public final class HeldOutPairs {
    private HeldOutPairs() {}

    /** Whether this pair appears in the compositional split only. */
    public static boolean contains(Kind kind, ThingColor color) {
        return color == colorOf(kind);
    }

    /** The colour held back for this kind. */
    public static ThingColor colorOf(Kind kind) {
        // 7 and 10 share no factor, so ten kinds in a row hold back ten different colours.
        ThingColor[] colors = ThingColor.values();
        return colors[(kind.ordinal() * 7 + 2) % colors.length];
    }
}
