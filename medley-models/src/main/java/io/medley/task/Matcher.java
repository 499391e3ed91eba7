package io.medley.task;

import io.medley.image.RgbImage;
import java.util.List;

/** Scores how well texts fit pictures. Thread-safe. */
public interface Matcher {

    /**
     * Scores image i with text i.
     *
     * @param texts as many as images, none blank; longer than the model reads: cut as the original does
     * @return one match per pair, in order
     */
    List<Match> pairs(List<RgbImage> images, List<String> texts);

    /**
     * Scores every image with every text; each image and each text is encoded once.
     *
     * @return {@code result.get(i).get(j)} is image i with text j
     */
    List<List<Match>> grid(List<RgbImage> images, List<String> texts);
}
