/**
 * Densities on the plane: toy data sets with exact log-densities and entropies, so that what a model of densities reaches can be held
 * against what is possible. Start reading at {@link io.medley.recipe.density.ToyData}.
 */
@NullMarked
package io.medley.recipe.density;

import org.jspecify.annotations.NullMarked;
