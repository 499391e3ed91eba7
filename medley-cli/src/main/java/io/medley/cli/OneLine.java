package io.medley.cli;

/** Makes any text fit for one line of a terminal. */
final class OneLine {
    private static final int LONGEST = 2000;

    private OneLine() {}

    /** The text with line breaks and control characters (a hostile file name could carry terminal commands) replaced by spaces. */
    static String of(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + " …";
    }

    /** The message of an exception and, where it has none, its kind. */
    static String of(Throwable problem) {
        String message = problem.getMessage();
        return message == null || message.isBlank() ? problem.getClass().getSimpleName() : of(message);
    }
}
