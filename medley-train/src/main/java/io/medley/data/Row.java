package io.medley.data;

/**
 * One row of a data set: what it holds, or why it holds nothing. Rows keep their places whatever is wrong with their neighbours.
 *
 * @param <T> what a row holds, a {@link Sample} for example
 */
public sealed interface Row<T> {
    /** Where it is. */
    Place place();

    /** Its name in the data set, unique there for good rows; empty where a broken one shows none. */
    String key();

    /** A row that could be read. Its picture is not decoded yet, so it may still turn out to be damaged. */
    record Good<T>(Place place, String key, T value) implements Row<T> {}

    /**
     * A row that could not.
     *
     * @param reason half a line: what is wrong and, where something can be done, what
     */
    record Broken<T>(Place place, String key, String reason) implements Row<T> {}
}
