package io.medley.model.blip.task;

import io.medley.image.RgbImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures of which the same one may come several times in a row, to be encoded once.
 *
 * @param images each run's picture
 * @param starts where each run begins, and at the end the number of pictures
 */
record Runs(List<RgbImage> images, List<Integer> starts) {
    static Runs of(List<RgbImage> all) {
        var images = new ArrayList<RgbImage>();
        var starts = new ArrayList<Integer>();
        for (int i = 0; i < all.size(); i++) {
            // Identity, not equality: comparing pixels of different pictures is not free, and callers repeat the
            // object.
            if (i == 0 || all.get(i) != all.get(i - 1)) {
                images.add(all.get(i));
                starts.add(i);
            }
        }
        starts.add(all.size());
        return new Runs(images, starts);
    }

    int count() {
        return images.size();
    }

    int start(int run) {
        return starts.get(run);
    }

    int length(int run) {
        return starts.get(run + 1) - starts.get(run);
    }

    /** Whether no picture is repeated. */
    boolean single() {
        return starts.size() == starts.get(starts.size() - 1) + 1;
    }
}
