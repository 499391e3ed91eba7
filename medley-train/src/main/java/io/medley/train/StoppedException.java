package io.medley.train;

import io.medley.tensor.MedleyException;

/** A training ended early because the process was asked to end; it was saved, and has been reported. */
public final class StoppedException extends MedleyException {
    private static final long serialVersionUID = 1;

    StoppedException(String message) {
        super(message);
    }
}
