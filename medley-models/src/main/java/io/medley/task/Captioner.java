package io.medley.task;

import io.medley.image.RgbImage;
import java.util.List;
import java.util.function.Consumer;

/** Describes pictures in words. Thread-safe. */
public interface Captioner {

    /**
     * Captions a batch of images; memory grows with the batch, so callers with many images send some 8 to 32 at a time.
     *
     * @param images any sizes; may be empty
     * @return one list per image, in order, each of {@code options.samples()} captions, the best first (samples in the order drawn)
     * @throws io.medley.tensor.MedleyException when the options do not fit the model, for example lengths beyond its positions
     */
    List<List<Caption>> caption(List<RgbImage> images, CaptionOptions options);

    /** Captions one image; see {@link #caption(List, CaptionOptions)}. */
    default List<Caption> caption(RgbImage image, CaptionOptions options) {
        return caption(List.of(image), options).get(0);
    }

    /**
     * Captions one image and hands out the text as it is written.
     *
     * @param options one sample, greedy or nucleus decoding: beam search knows its text only at the end
     * @param pieces called on the calling thread with each new piece of text; the pieces joined are the caption's text. An exception it
     *     throws ends the decoding and is passed on
     * @throws io.medley.tensor.MedleyException for beam search or several samples
     */
    Caption stream(RgbImage image, CaptionOptions options, Consumer<String> pieces);
}
