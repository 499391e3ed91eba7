/**
 * Trainings written down: how the embedded model is made from nothing but the small world.
 *
 * <p>Start with {@link io.medley.recipe.ScenesRecipe}. May import everything of {@code medley-train} and below.
 */
@NullMarked
package io.medley.recipe;

import org.jspecify.annotations.NullMarked;
