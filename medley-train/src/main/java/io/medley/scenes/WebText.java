package io.medley.scenes;

/**
 * An alt-text as found on the web.
 *
 * @param text what it says
 * @param noise what is wrong with it
 */
public record WebText(String text, WebNoise noise) {}
