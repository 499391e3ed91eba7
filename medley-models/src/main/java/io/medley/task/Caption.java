package io.medley.task;

/**
 * A caption and how sure the model is of it.
 *
 * @param text the caption without the prompt, as the tokenizer joins it
 * @param score log-probability of the written tokens divided by their number (for beam search: by the length as the beam ranking counts
 *     it, see {@link Decoding.Beam#lengthPenalty}); at most 0, higher is surer; comparable among captions made with the same options
 */
public record Caption(String text, double score) {}
