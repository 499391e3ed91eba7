package io.medley.image;

import io.medley.tensor.MedleyException;

/** One-line messages that begin with the picture's name. */
final class ImageErrors {
    private static final int MAX_DETAIL = 160;

    private ImageErrors() {}

    static MedleyException of(String name, String problem) {
        return new MedleyException(oneLine(name) + ": " + problem);
    }

    static MedleyException truncated(String name, ImageFormat format, String where) {
        return of(name, "truncated " + format.title() + " (" + where + "); fetch the file again");
    }

    static MedleyException corrupt(String name, ImageFormat format, Throwable cause) {
        String detail = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new MedleyException(
                oneLine(name) + ": corrupt or unsupported " + format.title() + " (" + oneLine(detail) + ")", cause);
    }

    /** Messages of libraries quote the file's own bytes at times: no line breaks, no control characters, no endless ones. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(MAX_DETAIL).forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        return line.toString();
    }
}
