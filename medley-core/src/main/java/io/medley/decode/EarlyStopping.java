package io.medley.decode;

/** When a beam search with as many finished hypotheses as beams ends. */
public enum EarlyStopping {
    /** At once ({@code early_stopping=True}). */
    FIRST,
    /** When the best open hypothesis, were it to end now, could not beat the worst finished one ({@code False}). */
    HEURISTIC,
    /** When no open hypothesis can beat the worst finished one at any length ({@code "never"}, transformers 4.33 on). */
    NEVER
}
