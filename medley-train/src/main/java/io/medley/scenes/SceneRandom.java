package io.medley.scenes;

import java.util.List;

/**
 * SplitMix64 (Steele, Lea, Flood 2014), written out so that a seed means the same scene on every JDK. Not thread-safe;
 * one lives for one sample.
 */
final class SceneRandom {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private long state;

    SceneRandom(long seed) {
        this.state = seed;
    }

    /** The SplitMix64 finaliser: a bijection of 64-bit words with good avalanche. */
    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    long nextLong() {
        state += GOLDEN;
        return mix(state);
    }

    /** Uniform in [0, 1). */
    double unit() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    double between(double low, double high) {
        return low + (high - low) * unit();
    }

    /** Uniform in 0 … bound-1. */
    int below(int bound) {
        return (int) (unit() * bound);
    }

    boolean chance(double probability) {
        return unit() < probability;
    }

    <T> T pick(List<T> items) {
        return items.get(below(items.size()));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    final <T> T pickOf(T... items) {
        return items[below(items.length)];
    }

    /** An index drawn in proportion to the weights. */
    int weighted(double... weights) {
        double total = 0;
        for (double w : weights) {
            total += w;
        }
        double at = unit() * total;
        for (int i = 0; i < weights.length - 1; i++) {
            at -= weights[i];
            if (at < 0) {
                return i;
            }
        }
        return weights.length - 1;
    }
}
