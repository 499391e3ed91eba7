package io.medley.recipe;

import io.medley.tensor.Tensor;

/**
 * Positions that tell neighbours from the first step on: sines and cosines of column and row (Beyer et al., "Better plain ViT baselines",
 * 2022). A small encoder that starts from noise spends its first hundred thousand pictures on finding out which patches touch.
 */
final class GridPositions {
    /** Wavelengths run from 2π to this many times 2π patches. */
    private static final double LONGEST = 32;

    private GridPositions() {}

    /** Start values (1, 1 + grid², width) of learned positions, zero for the class token; the width is a multiple of 4. */
    static Tensor create(int grid, int width) {
        int quarter = width / 4;
        var values = new float[(1 + grid * grid) * width];
        for (int y = 0; y < grid; y++) {
            for (int x = 0; x < grid; x++) {
                int at = (1 + y * grid + x) * width;
                for (int k = 0; k < quarter; k++) {
                    double frequency = Math.pow(LONGEST, -(double) k / quarter);
                    values[at + k] = (float) Math.sin(x * frequency);
                    values[at + quarter + k] = (float) Math.cos(x * frequency);
                    values[at + 2 * quarter + k] = (float) Math.sin(y * frequency);
                    values[at + 3 * quarter + k] = (float) Math.cos(y * frequency);
                }
            }
        }
        return Tensor.of(values, 1, 1 + (long) grid * grid, width);
    }
}
