/**
 * A model made of several checkpoints, one for each task or group of tasks: how the embedded {@code scenes} model is stored.
 *
 * <p>May import {@code io.medley.model} and {@code io.medley.task}. Start reading at {@link io.medley.model.suite.SuiteFamily}.
 */
@NullMarked
package io.medley.model.suite;

import org.jspecify.annotations.NullMarked;
