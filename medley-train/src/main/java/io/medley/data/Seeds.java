package io.medley.data;

/** Numbers that look random and depend on their arguments only: the finaliser of SplitMix64 (Steele, Lea, Flood 2014) over each in turn. */
final class Seeds {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private Seeds() {}

    static long mix(long... parts) {
        long hash = GOLDEN_GAMMA;
        for (long part : parts) {
            long z = hash + GOLDEN_GAMMA + part;
            z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
            z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
            hash = z ^ (z >>> 31);
        }
        return hash;
    }

    /** Uniform in [0, 1), a multiple of 2⁻⁵³. */
    static double unit(long hash) {
        return (hash >>> 11) * 0x1.0p-53;
    }

    /** Uniform in 0 … bound - 1, up to a bias of bound / 2⁵³. */
    static long below(long bound, long hash) {
        return (long) (unit(hash) * bound);
    }
}
