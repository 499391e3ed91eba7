package io.medley.recipe;

import java.util.List;
import java.util.Locale;

/**
 * How a figure scatters over seeds.
 *
 * @param mean NaN of none
 * @param deviation the sample's (n − 1), NaN of fewer than two
 * @param count of seeds
 */
public record Spread(double mean, double deviation, int count) {
    public static Spread of(List<Double> values) {
        double mean = values.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
        double squares =
                values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        int n = values.size();
        return new Spread(mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1)), n);
    }

    /** {@code mean ± deviation}, the mean alone of one, a dash of none. */
    public String text() {
        return switch (count) {
            case 0 -> "–";
            case 1 -> String.format(Locale.ROOT, "%.3f", mean);
            default -> String.format(Locale.ROOT, "%.3f ± %.3f", mean, deviation);
        };
    }
}
