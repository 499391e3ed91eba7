package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Looking up names, and saying which ones come near when there is none such. */
final class Names {
    /** Longest name of a tensor accepted, in characters. */
    static final int LONGEST = 1024;

    /** Most tensors accepted in one file. */
    static final int MOST = 1_000_000;

    private Names() {}

    static MedleyException unknown(String source, String name, Collection<String> known) {
        List<String> near = nearest(name, known, 3);
        return new MedleyException(source + ": no tensor " + Quote.of(name) + " among " + known.size()
                + (near.isEmpty() ? "" : "; near: " + String.join(", ", near)));
    }

    /** At most {@code most} of the known names, nearest first, none that is entirely different. */
    static List<String> nearest(String name, Collection<String> known, int most) {
        // Edit distance is quadratic in length: fine for a message, bounded for a hostile file.
        if (name.length() > 256) {
            return List.of();
        }
        record Candidate(String name, int distance) {}
        return known.stream()
                .filter(k -> k.length() <= 256)
                .limit(20_000)
                .map(k -> new Candidate(k, distance(name, k)))
                .filter(c -> c.distance <= Math.max(2, Math.max(name.length(), c.name.length()) * 2 / 5))
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(most)
                .map(Candidate::name)
                .toList();
    }

    /** Edits between the parts that differ: a common prefix and suffix cost nothing to skip. */
    private static int distance(String a, String b) {
        int start = 0;
        int endA = a.length();
        int endB = b.length();
        while (start < endA && start < endB && a.charAt(start) == b.charAt(start)) {
            start++;
        }
        while (endA > start && endB > start && a.charAt(endA - 1) == b.charAt(endB - 1)) {
            endA--;
            endB--;
        }
        int[] row = new int[endB - start + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = start; i < endA; i++) {
            int diagonal = row[0];
            row[0] = i - start + 1;
            for (int j = 1; j < row.length; j++) {
                int substitution = diagonal + (a.charAt(i) == b.charAt(start + j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[row.length - 1];
    }
}
