/**
 * Training in several processes: {@link io.medley.train.distributed.World} is the run as one process sees it,
 * {@link io.medley.train.distributed.GradientReducer} averages gradients while backward still runs,
 * {@link io.medley.train.distributed.LocalProcesses} starts the processes of one machine. One process needs none of this. Imports
 * {@code tensor}, {@code optim} and {@code loss}; knows no trainer.
 */
@NullMarked
package io.medley.train.distributed;

import org.jspecify.annotations.NullMarked;
