package io.medley.scenes;

import java.util.Locale;

/** What sort of thing a {@link Kind} is; questions use it ("is there an animal?"). */
public enum Category {
    ANIMAL,
    VEHICLE,
    PLANT,
    BUILDING,
    SHAPE,
    WEATHER,
    TOOL;

    /** The word questions use, such as {@code animal}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
