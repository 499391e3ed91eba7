/**
 * Normalizing flows: invertible maps with log-determinants, and the densities they make.
 *
 * <p>A {@link io.medley.flow.Bijector} has no preferred direction; {@link io.medley.flow.Bijector#inverted()} turns it round. A {@link
 * io.medley.flow.Flow} takes one that leads from data to noise. Upstream differ: nflows and zuko call data → noise "forward", normflows
 * noise → data. Layers here that read normflows' parameters keep its direction and are inverted where a flow is put together.
 *
 * <p>NICE, RealNVP, Glow, planar and radial flows are configurations of these layers. Imports {@code medley-core} only. Start reading at
 * {@link io.medley.flow.Flow}.
 */
@NullMarked
package io.medley.flow;

import org.jspecify.annotations.NullMarked;
