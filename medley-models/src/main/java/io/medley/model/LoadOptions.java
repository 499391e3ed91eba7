package io.medley.model;

/**
 * What a user may change when loading.
 *
 * @param imageSize side of the square the model sees, in pixels; 0 keeps the checkpoint's. Another size interpolates the position
 *     embeddings as the original does
 * @param clsForMatching whether image-text matching keeps [CLS] as its first token, as {@code BLIP_ITM} and transformers do; the default
 *     puts [ENC] there, which is what the weights were trained with
 */
public record LoadOptions(int imageSize, boolean clsForMatching) {

    /** As the checkpoint says, [ENC] for matching. */
    public static final LoadOptions DEFAULT = new LoadOptions(0, false);
}
