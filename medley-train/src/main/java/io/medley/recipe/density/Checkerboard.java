package io.medley.recipe.density;

import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;

/** Uniform on the eight dark cells, 2 wide, of a 4×4 board over [−4, 4]². Its edges are sharp, so smooth models stay above its entropy. */
public record Checkerboard() implements ToyData {
    private static final int CELLS = 4;
    private static final double CELL = 2;
    private static final double EDGE = -4;
    private static final double AREA = CELLS * CELLS * CELL * CELL / 2;

    @Override
    public String name() {
        return "checkerboard";
    }

    @Override
    public Tensor sample(Generator generator, int count) {
        float[] u = generator.uniform(count, 3).toFloats();
        float[] xy = new float[2 * count];
        for (int i = 0; i < count; i++) {
            int cell = (int) (u[3 * i] * CELLS * CELLS / 2);
            int column = cell / 2;
            int row = 2 * (cell % 2) + column % 2;
            xy[2 * i] = (float) (EDGE + CELL * (column + u[3 * i + 1]));
            xy[2 * i + 1] = (float) (EDGE + CELL * (row + u[3 * i + 2]));
        }
        return Tensor.of(xy, count, 2);
    }

    @Override
    public double logDensity(double x, double y) {
        int column = (int) Math.floor((x - EDGE) / CELL);
        int row = (int) Math.floor((y - EDGE) / CELL);
        boolean inside = column >= 0 && column < CELLS && row >= 0 && row < CELLS;
        return inside && (column + row) % 2 == 0 ? -Math.log(AREA) : Double.NEGATIVE_INFINITY;
    }

    @Override
    public double entropy() {
        return Math.log(AREA);
    }

    @Override
    public Box box() {
        return new Box(EDGE, -EDGE, EDGE, -EDGE);
    }
}
