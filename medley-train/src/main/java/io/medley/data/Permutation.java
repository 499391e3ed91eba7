package io.medley.data;

/**
 * A random order of 0 … size - 1 that takes no memory, whatever the size: a Feistel network over the next even number of bits, walked
 * until it lands inside (Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002).
 */
final class Permutation {
    private static final int ROUNDS = 6;

    private final long size;
    private final long seed;
    private final int half;

    Permutation(long size, long seed) {
        this.size = size;
        this.seed = seed;
        int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, size - 1));
        this.half = (bits + 1) / 2;
    }

    /** What comes at a place, 0 to size - 1. */
    long at(long place) {
        long value = place;
        do {
            value = scramble(value);
        } while (value >= size);
        return value;
    }

    private long scramble(long value) {
        long mask = (1L << half) - 1;
        long left = value >>> half;
        long right = value & mask;
        for (int round = 0; round < ROUNDS; round++) {
            long mixed = left ^ (Seeds.mix(seed, round, right) & mask);
            left = right;
            right = mixed;
        }
        return left << half | right;
    }
}
