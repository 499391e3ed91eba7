/**
 * The way in: {@link io.medley.Medley#load(String)}. {@link io.medley.Models} is the one list of everything Medley can load: adding a
 * system adds one line there.
 *
 * <p>May import everything of medley-core and medley-models. Start reading at {@link io.medley.Medley}.
 */
@NullMarked
package io.medley;

import org.jspecify.annotations.NullMarked;
