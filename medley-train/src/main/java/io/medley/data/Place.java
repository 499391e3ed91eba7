package io.medley.data;

/**
 * Where a row is: enough to read it again.
 *
 * @param source file or address, as it was given
 * @param row number within the source, from 0; broken rows count too
 */
public record Place(String source, long row) {
    @Override
    public String toString() {
        return source + " row " + row;
    }
}
