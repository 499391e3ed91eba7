package io.medley.tensor;

/**
 * A problem the user can act on: the message is one line that says what, where and what to do. The command line prints it and ends with
 * status 2.
 */
public class MedleyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MedleyException(String message) {
        super(message);
    }

    public MedleyException(String message, Throwable cause) {
        super(message, cause);
    }
}
