package io.medley.data;

import java.util.function.Supplier;

/**
 * What comes next: a row that is read already, or how to read it.
 *
 * @param row called once, on any thread
 * @param bytes memory the row takes while it waits, 0 if it is not read yet
 * @param seed the sample's own, of this epoch
 */
record Draw<T>(Supplier<Row<T>> row, long bytes, long seed) {}
