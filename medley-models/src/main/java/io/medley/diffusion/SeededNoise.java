package io.medley.diffusion;

import io.medley.tensor.Tensor;

/**
 * Normal numbers from one SplitMix64 stream per sample, turned by Box and Muller's method in strict arithmetic. Row r of a batch draws from the
 * stream of sample {@code firstSample + r}. Not thread-safe.
 */
final class SeededNoise implements Noise {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private final long seed;
    private final long firstSample;
    private long drawn;

    SeededNoise(long seed, long firstSample) {
        this.seed = seed;
        this.firstSample = firstSample;
    }

    @Override
    public Tensor normal(long... shape) {
        int rows = Math.toIntExact(shape[0]);
        int each = 1;
        for (int i = 1; i < shape.length; i++) {
            each = Math.multiplyExact(each, Math.toIntExact(shape[i]));
        }
        var values = new double[Math.multiplyExact(rows, each)];
        for (int row = 0; row < rows; row++) {
            // Mixing between the parts keeps neighbouring seeds and samples from sharing parts of their streams.
            long state =
                    mix(mix(seed + GOLDEN_GAMMA) + GOLDEN_GAMMA * (firstSample + row + 1)) + GOLDEN_GAMMA * (2 * drawn);
            for (int i = 0; i < each; i++) {
                state += GOLDEN_GAMMA;
                double u = ((mix(state) >>> 11) + 1) * 0x1.0p-53; // (0, 1]
                state += GOLDEN_GAMMA;
                double angle = 2 * Math.PI * ((mix(state) >>> 11) * 0x1.0p-53);
                values[row * each + i] = StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(angle);
            }
        }
        drawn += each;
        return Tensor.of(values, shape);
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
