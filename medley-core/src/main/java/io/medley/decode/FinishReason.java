package io.medley.decode;

/** Why a continuation ended. */
public enum FinishReason {
    /** The end token was produced; it is the last of the tokens. */
    END_TOKEN,
    /** The maximum length, prompt included, was reached. */
    MAX_LENGTH,
    /** The listener ended this continuation. */
    STOPPED,
    /** The listener ended the whole run before this continuation was finished. */
    CANCELLED
}
