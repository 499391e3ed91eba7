package io.medley.diffusion;

import java.util.Arrays;

/**
 * The linear assignment problem, solved exactly by shortest augmenting paths with dual prices (Jonker and Volgenant, 1987); O(n³).
 */
public final class Assignment {
    private Assignment() {}

    /**
     * The column of each row such that the sum of the chosen costs is least.
     *
     * @param cost square, finite
     */
    public static int[] solve(double[][] cost) {
        int n = cost.length;
        for (var row : cost) {
            if (row.length != n || !Arrays.stream(row).allMatch(Double::isFinite)) {
                throw new IllegalArgumentException("assignment: the costs must be a finite square matrix");
            }
        }
        // Rows and columns count from 1; column 0 stands for the row that looks for a place.
        var rowPrice = new double[n + 1];
        var columnPrice = new double[n + 1];
        var rowOf = new int[n + 1];
        var previous = new int[n + 1];
        for (int row = 1; row <= n; row++) {
            rowOf[0] = row;
            int column = shortestPath(cost, rowPrice, columnPrice, rowOf, previous);
            while (column != 0) {
                rowOf[column] = rowOf[previous[column]];
                column = previous[column];
            }
        }
        var columns = new int[n];
        for (int column = 1; column <= n; column++) {
            columns[rowOf[column] - 1] = column - 1;
        }
        return columns;
    }

    /** Grows a tree of tight edges from column 0 until it meets a free column, which it returns. */
    private static int shortestPath(
            double[][] cost, double[] rowPrice, double[] columnPrice, int[] rowOf, int[] previous) {
        int n = cost.length;
        var distance = new double[n + 1];
        var done = new boolean[n + 1];
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        int column = 0;
        do {
            done[column] = true;
            int row = rowOf[column];
            int next = 0;
            double step = Double.POSITIVE_INFINITY;
            for (int j = 1; j <= n; j++) {
                if (done[j]) {
                    continue;
                }
                double reduced = cost[row - 1][j - 1] - rowPrice[row] - columnPrice[j];
                if (reduced < distance[j]) {
                    distance[j] = reduced;
                    previous[j] = column;
                }
                if (distance[j] < step) {
                    step = distance[j];
                    next = j;
                }
            }
            for (int j = 0; j <= n; j++) {
                if (done[j]) {
                    rowPrice[rowOf[j]] += step;
                    columnPrice[j] -= step;
                } else {
                    distance[j] -= step;
                }
            }
            column = next;
        } while (rowOf[column] != 0);
        return column;
    }
}
