/**
 * Turns next-token logits into sequences: greedy decoding, beam search and sampling over any causal model, with the semantics of
 * {@code transformers} {@code generate()}.
 *
 * <p>Start with {@link io.medley.decode.Decoder}, or for contexts that come one after another with
 * {@link io.medley.decode.ContinuousDecoder}. A model takes part by implementing {@link io.medley.decode.DecoderState};
 * {@link io.medley.decode.DecodingOptions} says how to decode, {@link io.medley.decode.Continuation} is what comes out. Imports only
 * {@code io.medley.tensor}.
 */
@NullMarked
package io.medley.decode;

import org.jspecify.annotations.NullMarked;
