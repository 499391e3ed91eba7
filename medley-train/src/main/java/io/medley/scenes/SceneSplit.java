package io.medley.scenes;

import java.util.Locale;

/** The parts of the small world. A split's scenes are a pure function of their index. */
public enum SceneSplit {
    /** Endless by index. */
    TRAIN(0x7261696EL, Integer.MAX_VALUE),
    /** For choosing among checkpoints. */
    VAL(0x76616CL, 2_000),
    /** For reporting. */
    TEST(0x74657374L, 5_000),
    /** Every colour-kind pair of it is one of {@link HeldOutPairs}, seen nowhere else. */
    COMPOSITIONAL(0x636F6D70L, 2_000),
    /** Scenes like those of training, with alt-text of known noise instead of captions. Endless by index. */
    WEB(0x776562L, Integer.MAX_VALUE);

    private final long salt;
    private final int size;

    SceneSplit(long salt, int size) {
        this.salt = salt;
        this.size = size;
    }

    /** The number of samples that count as the split when nobody says otherwise; any index may be asked for. */
    public int size() {
        return size;
    }

    /** The name used in files and flags, such as {@code train}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Seed of the scene at this index; the finaliser is a bijection, so seeds within a split never repeat. */
    long seed(long index) {
        return SceneRandom.mix(SceneRandom.mix(salt) ^ index);
    }
}
