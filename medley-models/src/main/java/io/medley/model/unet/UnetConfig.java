package io.medley.model.unet;

/** What the configurations of all U-Nets say. */
public sealed interface UnetConfig permits DdpmUnetConfig, EdmUnetConfig {
    int inChannels();

    int outChannels();

    /** A picture's sides must be multiples of this. */
    int factor();
}
