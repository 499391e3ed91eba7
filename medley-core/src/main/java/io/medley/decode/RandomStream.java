package io.medley.decode;

import java.nio.charset.StandardCharsets;

/** The random numbers of one sample: SplitMix64 (Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators), the same everywhere. */
final class RandomStream {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    /** The stream of sample {@code sample} of the context with {@code key} in a run with {@code seed}. */
    RandomStream(long seed, long key, int sample) {
        // Mixing between the parts keeps neighbouring seeds, keys and samples from sharing parts of their streams.
        state = mix(mix(mix(seed + GOLDEN_GAMMA) + key) + GOLDEN_GAMMA * (sample + 1L));
    }

    /** Uniform in [0, 1), a multiple of 2⁻⁵³. */
    double next() {
        state += GOLDEN_GAMMA;
        return (mix(state) >>> 11) * 0x1.0p-53;
    }

    static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }

    /** A key made of a name (FNV-1a). */
    static long key(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }
}
