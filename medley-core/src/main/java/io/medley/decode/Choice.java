package io.medley.decode;

/**
 * A chosen token.
 *
 * @param token its id
 * @param logProbability its log-probability under the model itself
 */
record Choice(int token, float logProbability) {}
