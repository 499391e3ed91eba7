package io.medley.scenes;

import io.medley.scenes.Scene.Group;
import java.util.List;

/** Small turns of phrase that captions, questions and alt-texts share. */
final class SceneWords {
    /** Number words by value; answers to "how many" and the counts of captions. */
    static final List<String> NUMBERS = List.of(
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve");

    private SceneWords() {}

    static String number(int value) {
        return NUMBERS.get(value);
    }

    static String article(String next) {
        return "aeiou".indexOf(next.charAt(0)) >= 0 ? "an" : "a";
    }

    static String noun(Kind kind, int count) {
        return count == 1 ? kind.word() : kind.plural();
    }

    /** "red cat", "large red cats", "cat": without article or number. Like people, it says nothing of medium sizes. */
    static String bare(Group group, boolean color, boolean size) {
        return (size && group.size() != ThingSize.MEDIUM ? group.size().word() + " " : "")
                + (color ? group.color().word() + " " : "")
                + noun(group.kind(), group.count());
    }

    /** "a red cat", "three large red cats". */
    static String counted(Group group, boolean color, boolean size) {
        String bare = bare(group, color, size);
        return (group.count() == 1 ? article(bare) : number(group.count())) + " " + bare;
    }
}
