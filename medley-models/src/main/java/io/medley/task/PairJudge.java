package io.medley.task;

import io.medley.image.RgbImage;
import java.util.List;

/** Judges sentences about two pictures (NLVR2, Suhr et al. 2019). Thread-safe. */
public interface PairJudge {

    /**
     * How probable it is that sentence i is true of the pictures i, 0 to 1.
     *
     * @param first as many as sentences
     * @param second as many as sentences
     * @param sentences none blank
     */
    double[] truth(List<RgbImage> first, List<RgbImage> second, List<String> sentences);
}
