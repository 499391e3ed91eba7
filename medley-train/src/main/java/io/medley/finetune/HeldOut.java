package io.medley.finetune;

import io.medley.evaluate.Example;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;

/**
 * Examples to learn from, and examples of other pictures to look at only.
 *
 * @param training in the order of the data
 * @param validation in the order of the data
 */
record HeldOut<E extends Example>(List<E> training, List<E> validation) {
    private static final int MOST = 500;

    /**
     * Holds out a share of the pictures, at least one and at most 500.
     *
     * @throws MedleyException when there are fewer than four pictures
     */
    static <E extends Example> HeldOut<E> of(List<E> examples, double share, long seed) {
        var pictures = new ArrayList<>(
                new LinkedHashSet<>(examples.stream().map(HeldOut::picture).toList()));
        if (pictures.size() < 4) {
            throw new MedleyException(
                    "only " + pictures.size() + " pictures with what the task needs; give four or more");
        }
        Collections.shuffle(pictures, new Random(seed));
        int count = (int) Math.max(1, Math.min(MOST, Math.round(share * pictures.size())));
        var kept = new HashSet<>(pictures.subList(0, count));
        return new HeldOut<>(
                examples.stream().filter(e -> !kept.contains(picture(e))).toList(),
                examples.stream().filter(e -> kept.contains(picture(e))).toList());
    }

    private static String picture(Example example) {
        return example.pictures().get(0).name();
    }
}
