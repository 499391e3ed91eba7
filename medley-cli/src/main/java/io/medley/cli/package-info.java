/**
 * The {@code medley} command: one class per sub-command, built on the library alone.
 *
 * <p>May import everything but {@code org.bytedeco}. Start reading at {@link io.medley.cli.Main}, then {@link io.medley.cli.Commands}, the
 * list of commands, then {@link io.medley.cli.CaptionCommand}, the plainest of them.
 */
@NullMarked
package io.medley.cli;

import org.jspecify.annotations.NullMarked;
