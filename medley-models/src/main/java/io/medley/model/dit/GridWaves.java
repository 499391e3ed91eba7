package io.medley.model.dit;

import io.medley.tensor.Tensor;

/** Where a patch is, as sines and cosines: the column in the first half of the width, the row in the second. */
final class GridWaves {
    private GridWaves() {}

    /** (1, grid², width); DiT's {@code get_2d_sincos_pos_embed}. */
    static Tensor of(int grid, int width) {
        int quarter = width / 4;
        var values = new float[grid * grid * width];
        int at = 0;
        for (int row = 0; row < grid; row++) {
            for (int column = 0; column < grid; column++) {
                for (int place : new int[] {column, row}) {
                    for (int i = 0; i < quarter; i++) {
                        double angle = place * Math.pow(10_000, -(double) i / quarter);
                        values[at + i] = (float) Math.sin(angle);
                        values[at + quarter + i] = (float) Math.cos(angle);
                    }
                    at += 2 * quarter;
                }
            }
        }
        return Tensor.of(values, 1, (long) grid * grid, width);
    }
}
