package io.medley.scenes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caption says.
 *
 * @param mentions things in the order they are named
 * @param relations between mentions
 * @param places backgrounds it names
 * @param positions where it puts a mention
 */
public record CaptionClaims(
        List<Mention> mentions, List<Related> relations, List<Background> places, List<Placed> positions) {

    /** Copies the lists. */
    public CaptionClaims {
        mentions = List.copyOf(mentions);
        relations = List.copyOf(relations);
        places = List.copyOf(places);
        positions = List.copyOf(positions);
    }

    /**
     * @param count number claimed: "a" is 1, "three" is 3, a bare plural is {@link #SEVERAL}, a bare singular 1
     */
    public record Mention(Kind kind, @Nullable ThingColor color, @Nullable ThingSize size, int count) {
        /** Two or more. */
        public static final int SEVERAL = -2;
    }

    /** {@code mentions[subject]} is {@code relation} {@code mentions[object]}. */
    public record Related(int subject, Relation relation, int object) {}

    /** {@code mentions[mention]} stands at {@code position}. */
    public record Placed(int mention, Position position) {}
}
