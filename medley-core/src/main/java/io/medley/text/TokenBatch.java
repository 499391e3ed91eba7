package io.medley.text;

import java.util.Arrays;
import java.util.List;

/**
 * Token ids of several texts, padded to one length; both arrays are row-major (rows, length) and belong to the receiver.
 *
 * @param rows number of texts
 * @param length ids a row
 * @param ids token ids, the pad id where a text has ended
 * @param attentionMask 1 at tokens, 0 at padding
 */
public record TokenBatch(int rows, int length, long[] ids, long[] attentionMask) {
    public TokenBatch {
        if (ids.length != (long) rows * length || attentionMask.length != ids.length) {
            throw new IllegalArgumentException("a batch of " + rows + " x " + length + " needs " + (long) rows * length
                    + " ids and mask values, got " + ids.length + " and " + attentionMask.length);
        }
    }

    /** Pads rows that are already cut to {@code padding.maxLength()}. */
    static TokenBatch of(List<int[]> rows, int padId, Padding padding) {
        int length = padding.always()
                ? padding.maxLength()
                : rows.stream().mapToInt(row -> row.length).max().orElse(0);
        int size = Math.multiplyExact(rows.size(), length);
        long[] ids = new long[size];
        long[] mask = new long[size];
        Arrays.fill(ids, padId);
        for (int r = 0; r < rows.size(); r++) {
            int[] row = rows.get(r);
            for (int i = 0; i < row.length; i++) {
                ids[r * length + i] = row[i];
                mask[r * length + i] = 1;
            }
        }
        return new TokenBatch(rows.size(), length, ids, mask);
    }

    /** The ids of one text, without its padding. */
    public int[] row(int index) {
        int[] row = new int[length];
        int count = 0;
        for (int i = index * length; i < (index + 1) * length; i++) {
            if (attentionMask[i] != 0) {
                row[count++] = Math.toIntExact(ids[i]);
            }
        }
        return Arrays.copyOf(row, count);
    }
}
