package io.medley.evaluate;

import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntConsumer;

/** What all evaluations do: go through examples a few at a time, and take means. */
final class Parts {
    private Parts() {}

    /** Runs {@code ask} on a few examples at a time; {@code progress} is told how many are done. */
    static <E extends Example, R> List<R> ask(
            List<E> examples, int batch, IntConsumer progress, Function<List<E>, List<R>> ask) {
        if (examples.isEmpty()) {
            throw new MedleyException("there is nothing to evaluate: no example was found");
        }
        var results = new ArrayList<R>();
        for (int from = 0; from < examples.size(); from += batch) {
            var some = examples.subList(from, Math.min(examples.size(), from + batch));
            results.addAll(ask.apply(some));
            progress.accept(results.size());
        }
        return results;
    }

    /** The pictures of examples; the same object where neighbours show the same one, so that it is encoded once. */
    static <E> List<RgbImage> images(List<E> examples, Function<E, Picture> picture) {
        var images = new ArrayList<RgbImage>();
        String last = "";
        for (var example : examples) {
            var next = picture.apply(example);
            boolean same = !images.isEmpty() && next.name().equals(last);
            images.add(same ? images.get(images.size() - 1) : next.load());
            last = next.name();
        }
        return images;
    }

    /** Means by group, groups in alphabetical order. */
    static final class Means {
        private final Map<String, double[]> sums = new TreeMap<>();

        void add(String group, double value) {
            if (!group.isEmpty()) {
                var sum = sums.computeIfAbsent(group, g -> new double[2]);
                sum[0] += value;
                sum[1]++;
            }
        }

        Map<String, Double> means() {
            var means = new LinkedHashMap<String, Double>();
            sums.forEach((group, sum) -> means.put(group, sum[0] / sum[1]));
            return means;
        }

        double meanOfMeans() {
            return means().values().stream().mapToDouble(v -> v).average().orElse(Double.NaN);
        }
    }
}
