package io.medley.embed;

import com.jerolba.carpet.CloseableIterator;
import io.medley.tensor.MedleyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Some of a file's picture vectors, of length 1, with the places they are from.
 *
 * @param values (rows, dimension), row by row
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Vectors(List<String> keys, List<Long> rows, float[] values, int dimension) {

    int size() {
        return keys.size();
    }

    /** The product of a vector here and one there, in double precision. */
    double dot(int i, Vectors others, int j) {
        double sum = 0;
        for (int d = 0; d < dimension; d++) {
            sum += (double) values[i * dimension + d] * others.values[j * dimension + d];
        }
        return sum;
    }

    /** Reads at most so many; rows without a vector, or with one of zeros, are left out. Nothing left gives none. */
    static Vectors next(CloseableIterator<EmbeddingRow> in, int most, Path file) {
        var keys = new ArrayList<String>();
        var rows = new ArrayList<Long>();
        var vectors = new ArrayList<float[]>();
        while (keys.size() < most && in.hasNext()) {
            var row = in.next();
            var image = row.image();
            if (image == null) {
                continue;
            }
            if (!vectors.isEmpty() && image.size() != vectors.get(0).length) {
                throw new MedleyException(file + " row " + row.row() + ": a vector of " + image.size()
                        + " numbers among " + vectors.get(0).length + "; all must come from one model");
            }
            var vector = normalised(image);
            if (vector.length > 0) {
                keys.add(row.key());
                rows.add(row.row());
                vectors.add(vector);
            }
        }
        int dimension = vectors.isEmpty() ? 0 : vectors.get(0).length;
        var values = new float[Math.multiplyExact(vectors.size(), dimension)];
        for (int i = 0; i < vectors.size(); i++) {
            System.arraycopy(vectors.get(i), 0, values, i * dimension, dimension);
        }
        return new Vectors(keys, rows, values, dimension);
    }

    /** The same of length 1; empty where it has none. */
    private static float[] normalised(List<Float> vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        if (!(squares > 0) || Double.isInfinite(squares)) {
            return new float[0];
        }
        var unit = new float[vector.size()];
        for (int d = 0; d < unit.length; d++) {
            unit[d] = (float) (vector.get(d) / Math.sqrt(squares));
        }
        return unit;
    }
}
