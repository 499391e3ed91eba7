package io.medley.scenes;

import java.util.BitSet;

/** COCO's uncompressed run-length code of a mask: down the columns, runs of 0 and 1 in turn, beginning with 0. */
final class RunLengths {
    private RunLengths() {}

    static int[] of(BitSet mask, int width, int height) {
        int[] counts = new int[width * height + 1];
        int runs = 0;
        int run = 0;
        boolean value = false;
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < height; y++) {
                if (mask.get(y * width + x) != value) {
                    counts[runs++] = run;
                    run = 0;
                    value = !value;
                }
                run++;
            }
        }
        counts[runs++] = run;
        return java.util.Arrays.copyOf(counts, runs);
    }
}
