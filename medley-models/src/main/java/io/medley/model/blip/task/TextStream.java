package io.medley.model.blip.task;

import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Hands a growing text out in pieces. Joining tokens sometimes changes what stood before ("do n '" and "t" make "don't"), so an end that may
 * still change is held back.
 */
final class TextStream {
    private static final Pattern UNSURE = Pattern.compile("((^| )n)?( ')*$");

    private final Consumer<String> pieces;
    private final StringBuilder given = new StringBuilder();

    TextStream(Consumer<String> pieces) {
        this.pieces = pieces;
    }

    /** The text as it stands now. */
    void grow(String text) {
        var end = UNSURE.matcher(text);
        give(end.find() ? text.substring(0, end.start()) : text);
    }

    /** The final text; returns what was handed out in all. */
    String finish(String text) {
        give(text);
        return given.toString();
    }

    private void give(String text) {
        if (text.length() > given.length() && text.startsWith(given.toString())) {
            var piece = text.substring(given.length());
            given.append(piece);
            pieces.accept(piece);
        }
    }
}
