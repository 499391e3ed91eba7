package io.medley.scenes;

import java.util.List;

/** What is behind the things. The palette lists its main colours, which no thing of the scene may come too near. */
public enum Background {
    GRASS(List.of("on the grass", "in a field"), "grass", 0xBFE0F5, 0x8CC864),
    SAND(List.of("on the beach", "on the sand"), "beach", 0xC8E6F5, 0xE6CF96),
    SNOW(List.of("in the snow"), "snow", 0xC3D2E1, 0xEBF0F5),
    SEA(List.of("on the water", "in the sea"), "sea", 0xCDE6F5, 0x5FAACD),
    NIGHT(List.of("at night", "in the dark"), "night", 0x1E233C, 0x2D3446),
    ROAD(List.of("on the road", "on the street"), "road", 0xC8CDD2, 0x82868C),
    ROOM(List.of("in a room"), "room", 0xE6DCCD, 0xB99B7D),
    SKY(List.of("in the sky"), "sky", 0x96C8F0, 0xC8E4F8),
    PLAIN(List.of("on a plain background"), "plain"),
    STRIPES(List.of("on a striped background"), "striped"),
    CHECKS(List.of("on a checked background"), "checked"),
    DOTS(List.of("on a dotted background"), "dotted");

    private final List<String> phrases;
    private final String word;
    private final int[] palette;

    Background(List<String> phrases, String word, int... palette) {
        this.phrases = phrases;
        this.word = word;
        this.palette = palette;
    }

    /** The phrases captions use, the commonest first. */
    public List<String> phrases() {
        return phrases;
    }

    /** The one word that names it in answers. */
    public String word() {
        return word;
    }

    /** Whether this is a landscape with fixed colours; otherwise it is a pattern in colours the sampler picks. */
    public boolean landscape() {
        return palette.length > 0;
    }

    /** Upper and lower main colour as 0xRRGGBB; of a pattern, empty. */
    int[] palette() {
        return palette.clone();
    }
}
