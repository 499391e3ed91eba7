package io.medley.scenes;

/** Where in the picture a group stands. */
public enum Position {
    LEFT("on the left", "left"),
    RIGHT("on the right", "right"),
    TOP("at the top", "top"),
    BOTTOM("at the bottom", "bottom"),
    MIDDLE("in the middle", "middle");

    private final String phrase;
    private final String word;

    Position(String phrase, String word) {
        this.phrase = phrase;
        this.word = word;
    }

    /** The phrase captions use. */
    public String phrase() {
        return phrase;
    }

    /** The one-word answer to "where is …?". */
    public String word() {
        return word;
    }
}
