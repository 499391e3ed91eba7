/**
 * Pictures with their texts, from files to samples in a known order: shards and annotation files, mixtures of data sets, and the loader
 * that reads them on several threads and can go on with the very next sample.
 *
 * <p>May import {@code io.medley.checkpoint} (for {@code AtomicFile} and {@code Quote}), {@code io.medley.image} and
 * {@code io.medley.tensor} (for the exception) only: no models and no tensors. Bytes from files and servers are hostile here: sizes are
 * bounded, names are checked, and what is wrong with a sample becomes a {@link io.medley.data.Row.Broken}. Start reading at
 * {@link io.medley.data.Row}, {@link io.medley.data.Dataset} and {@link io.medley.data.ShardReader}.
 */
@NullMarked
package io.medley.data;

import org.jspecify.annotations.NullMarked;
