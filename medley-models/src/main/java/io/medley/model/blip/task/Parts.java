package io.medley.model.blip.task;

import io.medley.image.RgbImage;
import io.medley.model.blip.BlipConfig;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.List;

/** Cuts long inputs into parts that fit a fixed amount of memory, and checks them first. */
final class Parts {
    /** Rows of text that go through the text transformer at once. */
    static final int TEXTS = 64;

    private static final int MOST_IMAGES = 32;
    private static final long FLOATS = 64L << 20; // 256 MB

    private Parts() {}

    /** Images whose keys and values (and {@code rows} generations of {@code length} tokens each) are held at once. */
    static int images(BlipConfig config, int rows, int length) {
        long layers = 2L * config.text().layers();
        long image = layers * config.vision().tokens() * config.text().width();
        long generation = layers * length * config.text().width();
        return (int) Math.max(1, Math.min(MOST_IMAGES, FLOATS / (image + rows * generation)));
    }

    static <T> List<List<T>> of(List<T> all, int size) {
        var parts = new ArrayList<List<T>>();
        for (int i = 0; i < all.size(); i += size) {
            parts.add(all.subList(i, Math.min(all.size(), i + size)));
        }
        return parts;
    }

    /**
     * Refuses blank texts.
     *
     * @param what one of them, for the message
     */
    static void requireTexts(List<String> texts, String what) {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).isBlank()) {
                throw new MedleyException(what + " " + (i + 1) + " of " + texts.size() + " is empty; leave it out");
            }
        }
    }

    static void requirePairs(List<RgbImage> images, List<?> others, String what) {
        if (images.size() != others.size()) {
            throw new MedleyException("there are " + images.size() + " images but " + others.size() + " " + what
                    + "; give as many of both");
        }
    }
}
