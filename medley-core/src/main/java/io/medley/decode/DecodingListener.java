package io.medley.decode;

/** Watches a run and may end it early. Called on the decoding thread, so a slow listener slows the run. */
@FunctionalInterface
public interface DecodingListener {
    /** Lets everything pass. */
    DecodingListener NONE = event -> Flow.CONTINUE;

    /** What happens after a call to the listener. */
    enum Flow {
        CONTINUE,
        /** The continuation ends here, with the token included ({@link FinishReason#STOPPED}); the others go on. */
        STOP,
        /** The run ends now; what is unfinished is returned as it is ({@link FinishReason#CANCELLED}). */
        CANCEL
    }

    /** A token was chosen. Greedy decoding and sampling only: a beam search knows no token for certain before its end. */
    Flow onToken(TokenEvent event);

    /** Asked before each pass through the model after the first, with the length reached, prompt included: true cancels the run. */
    default boolean cancelled(int length) {
        return false;
    }
}
