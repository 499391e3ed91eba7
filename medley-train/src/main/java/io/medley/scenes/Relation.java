package io.medley.scenes;

import java.util.List;

/** Where one group stands seen from another. */
public enum Relation {
    LEFT_OF("to the left of", "left of"),
    RIGHT_OF("to the right of", "right of"),
    ABOVE("above", "over"),
    BELOW("below", "under"),
    BESIDE("next to", "beside");

    private final List<String> phrases;

    Relation(String... phrases) {
        this.phrases = List.of(phrases);
    }

    /** The phrases captions and questions use, the commonest first. */
    public List<String> phrases() {
        return phrases;
    }

    /** The same fact seen from the other group. */
    public Relation inverse() {
        return switch (this) {
            case LEFT_OF -> RIGHT_OF;
            case RIGHT_OF -> LEFT_OF;
            case ABOVE -> BELOW;
            case BELOW -> ABOVE;
            case BESIDE -> BESIDE;
        };
    }

    /** Whether a claim of {@code claimed} holds when {@code this} is the fact: left and right are also beside. */
    public boolean implies(Relation claimed) {
        return this == claimed || (claimed == BESIDE && (this == LEFT_OF || this == RIGHT_OF));
    }
}
