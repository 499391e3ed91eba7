package io.medley.decode;

/**
 * A token that has just been chosen.
 *
 * @param context index of the context in the batch
 * @param sample index of the sample of that context
 * @param position index of the token in the continuation, 0 for the first after the prompt
 * @param token its id; the end token is reported too
 * @param logProbability its log-probability under the model, before penalties, temperature and truncation
 */
public record TokenEvent(int context, int sample, int position, int token, float logProbability) {}
