/**
 * How fast, against what the machine can do and against other implementations: whole tasks on random BLIP-base weights or on a given
 * checkpoint. May import every module but the command line. Start with {@link io.medley.bench.Benchmark}; {@link io.medley.bench.Worker}
 * lets another program interleave these tasks with those of its other contenders.
 */
@NullMarked
package io.medley.bench;

import org.jspecify.annotations.NullMarked;
