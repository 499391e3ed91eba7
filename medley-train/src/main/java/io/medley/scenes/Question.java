package io.medley.scenes;

/**
 * A question about a picture.
 *
 * @param type what it asks
 * @param text lower case, mostly with a question mark
 * @param answer one word of {@link Questions#answers()}
 */
public record Question(Type type, String text, String answer) {
    /** What a question asks. */
    public enum Type {
        /** "is there a red cat?" yes or no. */
        EXISTENCE,
        /** "how many red cats are there?" a number word. */
        COUNT,
        /** "what color is the cat?" a colour. */
        COLOR,
        /** "what is to the left of the cat?" a kind. */
        KIND,
        /** "is the cat above the bus?" yes or no. */
        RELATION,
        /** "is the cat red?" yes or no. */
        YES_NO,
        /** "where is the cat?" a position. */
        POSITION
    }
}
