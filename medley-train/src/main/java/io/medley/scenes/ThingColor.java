package io.medley.scenes;

import java.util.Locale;

/** The ten colours a thing can have, chosen to stay apart at 64 px under every light and noise the renderer applies. */
public enum ThingColor {
    RED(0xDC2328),
    ORANGE(0xFA8C14),
    YELLOW(0xFADC28),
    GREEN(0x28A03C),
    BLUE(0x2355D7),
    PURPLE(0x8232AF),
    PINK(0xFA91C3),
    BROWN(0x7D4B23),
    BLACK(0x19191C),
    WHITE(0xF8F8F8);

    private final int rgb;

    ThingColor(int rgb) {
        this.rgb = rgb;
    }

    /** The colour as 0xRRGGBB, before light and noise. */
    public int rgb() {
        return rgb;
    }

    /** The word captions use, such as {@code red}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
