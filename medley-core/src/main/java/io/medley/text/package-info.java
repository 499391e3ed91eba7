/**
 * Text to token ids and back: BERT's WordPiece, CLIP's byte pairs, Hugging Face's {@code tokenizer.json}, and the caption cleaning of BLIP.
 *
 * <p>Start at {@link io.medley.text.Tokenizer} and {@link io.medley.text.Tokenizers#load}. Imports nothing of Medley but {@code MedleyException}.
 * What counts as a letter, a mark or lower case comes from our own Unicode 14.0 tables, so that ids do not depend on the JDK.
 */
@NullMarked
package io.medley.text;

import org.jspecify.annotations.NullMarked;
