package io.medley.task;

/** Relevance of the cells of a grid laid over a picture, row by row from the top left. Values are finite and at least 0. Immutable. */
public final class HeatMap {
    private final int rows;
    private final int columns;
    private final float[] values;

    /**
     * @param values rows × columns numbers, row-major; copied
     * @throws IllegalArgumentException when their number differs or one is negative or not finite
     */
    public HeatMap(int rows, int columns, float[] values) {
        if (rows < 1 || columns < 1 || values.length != (long) rows * columns) {
            throw new IllegalArgumentException(
                    values.length + " values do not fill a grid of " + rows + " rows and " + columns + " columns");
        }
        for (float value : values) {
            if (!Float.isFinite(value) || value < 0) {
                throw new IllegalArgumentException("heat map value " + value + " is not a number of at least 0");
            }
        }
        this.rows = rows;
        this.columns = columns;
        this.values = values.clone();
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /** Relevance of one cell. */
    public float at(int row, int column) {
        return values[row * columns + column];
    }

    /** All values, row-major; a copy. */
    public float[] values() {
        return values.clone();
    }

    /** The greatest value; 0 for a map that says nothing. */
    public float max() {
        float max = 0;
        for (float value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    /** The same map stretched linearly to 0 … 1; an all-equal map becomes all 0. */
    public HeatMap normalised() {
        float min = Float.POSITIVE_INFINITY;
        for (float value : values) {
            min = Math.min(min, value);
        }
        float range = max() - min;
        float[] scaled = new float[values.length];
        for (int i = 0; range > 0 && i < values.length; i++) {
            scaled[i] = (values[i] - min) / range;
        }
        return new HeatMap(rows, columns, scaled);
    }

    /** Bilinear enlargement to the pixels of a picture (cell centres keep their values, edges are extended). */
    public HeatMap resized(int newRows, int newColumns) {
        float[] out = new float[Math.multiplyExact(newRows, newColumns)];
        for (int y = 0; y < newRows; y++) {
            double sy = Math.min(Math.max((y + 0.5) * rows / newRows - 0.5, 0), rows - 1);
            int y0 = (int) sy;
            int y1 = Math.min(y0 + 1, rows - 1);
            for (int x = 0; x < newColumns; x++) {
                double sx = Math.min(Math.max((x + 0.5) * columns / newColumns - 0.5, 0), columns - 1);
                int x0 = (int) sx;
                int x1 = Math.min(x0 + 1, columns - 1);
                double top = at(y0, x0) + (at(y0, x1) - at(y0, x0)) * (sx - x0);
                double bottom = at(y1, x0) + (at(y1, x1) - at(y1, x0)) * (sx - x0);
                out[y * newColumns + x] = (float) Math.max(0, top + (bottom - top) * (sy - y0));
            }
        }
        return new HeatMap(newRows, newColumns, out);
    }
}
