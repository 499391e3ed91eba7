package io.medley.bench;

import java.util.List;

/**
 * The samples of one task, judged.
 *
 * @param median of the undisturbed samples if there are at least three, else of the less disturbed half
 * @param least of the same samples
 * @param clean how many were undisturbed; 0 means: do not quote
 * @param others median share of the processors that other processes used
 */
record Timing(double median, double least, int samples, int clean, double others) {
    private static final double UNDISTURBED = 0.06;

    static Timing of(List<Sample> all) {
        var sorted = all.stream()
                .sorted((a, b) -> Double.compare(a.others(), b.others()))
                .toList();
        int clean = (int) sorted.stream().filter(s -> s.others() <= UNDISTURBED).count();
        boolean enough = clean >= Math.min(3, sorted.size());
        var used = sorted.subList(0, enough ? clean : (sorted.size() + 1) / 2).stream()
                .mapToDouble(Sample::seconds)
                .sorted()
                .toArray();
        return new Timing(
                used[used.length / 2],
                used[0],
                all.size(),
                enough ? clean : 0,
                sorted.get(sorted.size() / 2).others());
    }
}
