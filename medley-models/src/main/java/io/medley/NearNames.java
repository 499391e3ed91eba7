package io.medley;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds names that look like a mistyped one. */
public final class NearNames {
    private static final int MOST = 3;

    private NearNames() {}

    /** At most three known names that contain the given one or differ from it in about a third of its letters, the nearest first. */
    public static List<String> of(String name, Collection<String> known) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(candidate -> isNear(wanted, candidate.toLowerCase(Locale.ROOT)))
                .sorted(Comparator.comparingInt(candidate -> distance(wanted, candidate.toLowerCase(Locale.ROOT))))
                .limit(MOST)
                .toList();
    }

    private static boolean isNear(String wanted, String candidate) {
        if (wanted.length() >= 3 && candidate.contains(wanted)) {
            return true;
        }
        String tail = candidate.substring(candidate.lastIndexOf('/') + 1);
        int tolerance = Math.max(1, Math.min(wanted.length(), 24) / 3);
        return distance(wanted, candidate) <= tolerance || distance(wanted, tail) <= tolerance;
    }

    /** Levenshtein distance: fewest insertions, deletions and substitutions. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
