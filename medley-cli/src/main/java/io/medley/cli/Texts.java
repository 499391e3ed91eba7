package io.medley.cli;

import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.List;

/** Checks on texts users give. */
final class Texts {
    private Texts() {}

    /** The text, unless it is blank. */
    static String required(String text, String what) {
        if (text.isBlank()) {
            throw new MedleyException("the " + what + " is empty; give some words");
        }
        return text;
    }

    /** The parts of a comma-separated list, trimmed. */
    static List<String> list(String commaSeparated, String option) {
        List<String> parts = new ArrayList<>();
        for (String part : commaSeparated.split(",", -1)) {
            if (part.isBlank()) {
                throw new MedleyException(
                        option + " \"" + commaSeparated + "\" has an empty entry; give words separated by commas");
            }
            parts.add(part.strip());
        }
        return parts;
    }
}
