package io.medley.recipe.density;

import io.medley.diffusion.Coupling;
import io.medley.tensor.Generator;

/**
 * A training batch.
 *
 * @param pair data and noise in the model's units, (B, 2) each
 * @param generator of this batch, which draws the times
 */
public record PairBatch(Coupling.Pair pair, Generator generator) {}
