/**
 * Models held against examples whose answers are known: {@link io.medley.evaluate.Evaluation} is what comes out, the {@code …Evaluation}
 * beside it make one for each task from the interfaces of {@code io.medley.task} and the measures of {@code io.medley.metric}. Knows no
 * system and no tensors.
 */
@NullMarked
package io.medley.evaluate;

import org.jspecify.annotations.NullMarked;
