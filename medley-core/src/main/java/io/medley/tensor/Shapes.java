package io.medley.tensor;

import java.util.Arrays;

/** Shape checks for public entries: the message names the place, what came and what was expected. */
public final class Shapes {
    private Shapes() {}

    /** Any size fits an expected size of -1. */
    public static void check(String where, Tensor tensor, long... expected) {
        var shape = tensor.shape();
        boolean ok = shape.length == expected.length;
        for (int i = 0; ok && i < shape.length; i++) {
            ok = expected[i] == -1 || shape[i] == expected[i];
        }
        if (!ok) {
            throw new IllegalArgumentException(
                    where + ": expected shape " + text(expected) + ", got " + Arrays.toString(shape));
        }
    }

    private static String text(long[] expected) {
        var parts = new String[expected.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = expected[i] == -1 ? "any" : Long.toString(expected[i]);
        }
        return Arrays.toString(parts);
    }
}
