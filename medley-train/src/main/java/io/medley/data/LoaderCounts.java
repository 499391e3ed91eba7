package io.medley.data;

/**
 * How many rows a loader has come by, all restarts together.
 *
 * @param rows good and broken
 * @param broken left out
 */
public record LoaderCounts(long rows, long broken) {
    LoaderCounts good() {
        return new LoaderCounts(rows + 1, broken);
    }

    LoaderCounts bad() {
        return new LoaderCounts(rows + 1, broken + 1);
    }
}
