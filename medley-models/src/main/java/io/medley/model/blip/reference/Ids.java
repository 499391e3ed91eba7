package io.medley.model.blip.reference;

import io.medley.decode.Continuation;
import io.medley.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Ids in the forms that tensors, the decoder and reference data want them. */
final class Ids {
    private Ids() {}

    /** (B, T) → B rows. */
    static long[][] rows(Tensor ids) {
        int count = Math.toIntExact(ids.size(0));
        int length = Math.toIntExact(ids.size(1));
        long[] flat = ids.toLongs();
        var rows = new long[count][];
        for (int r = 0; r < count; r++) {
            rows[r] = Arrays.copyOfRange(flat, r * length, (r + 1) * length);
        }
        return rows;
    }

    static int[][] prompts(Tensor ids) {
        return ints(rows(ids));
    }

    static int[][] ints(long[][] rows) {
        return Arrays.stream(rows)
                .map(row -> Arrays.stream(row).mapToInt(Math::toIntExact).toArray())
                .toArray(int[][]::new);
    }

    /** As {@code generate} returns them: (sequences, longest), padded. */
    static Tensor padded(List<List<Continuation>> results, long pad) {
        var rows = Continuation.padded(results.stream().flatMap(List::stream).toList(), Math.toIntExact(pad));
        int length = rows.length == 0 ? 0 : rows[0].length;
        return Tensor.of(Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray(), rows.length, length);
    }
}
