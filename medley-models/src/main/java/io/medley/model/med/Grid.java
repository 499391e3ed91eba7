package io.medley.model.med;

import io.medley.nn.Attention;
import io.medley.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tokens in a rectangle, so that one product serves those that look at different things: a group for each text or image, with as many cells
 * as the fullest group has tokens. Cells without a token repeat the first one; nobody reads what they see.
 *
 * <p>N tokens, G groups of W cells, H heads of width D, C = H·D.
 */
final class Grid {
    private final int groups;
    private final int width;
    private final int[] cells; // token → cell
    private final @Nullable Tensor tokenOf; // (G·W) by cell; null where cells are tokens
    private final @Nullable Tensor cellOf; // (N) by token

    /** @param groupOf per token its group */
    Grid(int[] groupOf, int groups) {
        this.groups = groups;
        var counts = new int[groups];
        var places = new int[groupOf.length];
        Arrays.setAll(places, n -> counts[groupOf[n]]++);
        this.width = Arrays.stream(counts).max().orElse(0);
        this.cells = new int[groupOf.length];
        Arrays.setAll(cells, n -> groupOf[n] * width + places[n]);
        boolean same = cells.length == groups * width && isIdentity(cells);
        if (same) {
            tokenOf = null;
            cellOf = null;
        } else {
            var tokens = new int[groups * width];
            for (int n = 0; n < cells.length; n++) {
                tokens[cells[n]] = n;
            }
            tokenOf = index(tokens);
            cellOf = index(cells);
        }
    }

    /** The cell of a token, counted over all groups. */
    int cell(int token) {
        return cells[token];
    }

    int groups() {
        return groups;
    }

    /** Cells of a group. */
    int width() {
        return width;
    }

    /**
     * What each token sees.
     *
     * @param q (N, H, 1, D)
     * @param seen (G, H, S, D), per group
     * @param mask added to the scores, broadcast to (G, H, W, S), or null
     * @return (N, H, 1, D)
     */
    Tensor attend(Tensor q, MedAttention.KeyValue seen, @Nullable Tensor mask, String path) {
        long tokens = q.size(0);
        long heads = q.size(1);
        long depth = q.size(3);
        var flat = q.reshape(tokens, heads * depth);
        var grid = tokenOf == null ? flat : flat.indexSelect(0, tokenOf);
        var queries = grid.reshape(groups, width, heads, depth).transpose(1, 2); // (G, H, W, D)
        var out = Attention.attend(queries, seen.keys(), seen.values(), mask, false, path);
        var rows = out.transpose(1, 2).reshape((long) groups * width, heads * depth);
        return (cellOf == null ? rows : rows.indexSelect(0, cellOf)).reshape(tokens, heads, 1, depth);
    }

    static Tensor index(int[] values) {
        return Tensor.of(Arrays.stream(values).asLongStream().toArray(), values.length);
    }

    private static boolean isIdentity(int[] values) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] != i) {
                return false;
            }
        }
        return true;
    }
}
