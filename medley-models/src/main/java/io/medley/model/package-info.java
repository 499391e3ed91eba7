/**
 * What every system offers to the house: how it recognises and loads its files ({@link io.medley.model.ModelFamily}). Each system is one
 * package below this one.
 *
 * <p>May import {@code io.medley.task} and the packages of medley-core. Start reading at {@link io.medley.model.ModelFamily}.
 */
@NullMarked
package io.medley.model;

import org.jspecify.annotations.NullMarked;
