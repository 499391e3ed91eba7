package io.medley.recipe.density;

import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A distribution over the plane that can be sampled, and whose density and entropy are known: the entropy is the lowest negative
 * log-likelihood any model can reach on it.
 */
public sealed interface ToyData permits NoisyCurves, GaussianMixture, Checkerboard, Banana, Ring {
    /** What {@link #named} knows, with the parameters the field commonly uses. */
    Map<String, Supplier<ToyData>> NAMED = named();

    /** For example {@code moons}. */
    String name();

    /** Independent draws, (count, 2) float32. */
    Tensor sample(Generator generator, int count);

    /** Natural logarithm of the density; negative infinity where there is none. */
    double logDensity(double x, double y);

    /** Differential entropy in nats: −∫ p ln p. */
    double entropy();

    /** This as a mixture of round Gaussians, if it is one: then the exact denoiser is known, and with it the floor of every denoising loss. */
    default Optional<GaussianMixture> mixture() {
        return Optional.empty();
    }

    /** Holds practically all of the probability. */
    Box box();

    /** Mean log-density of rows (N, 2): minus the cross-entropy of whoever drew them, relative to this. */
    default double meanLogDensity(Tensor points) {
        double[] xy = points.toDoubles();
        double sum = 0;
        for (int i = 0; i < xy.length; i += 2) {
            sum += logDensity(xy[i], xy[i + 1]);
        }
        return 2 * sum / xy.length;
    }

    /** A data set by name: {@link #names}. */
    static ToyData named(String name) {
        var found = NAMED.get(name);
        if (found == null) {
            throw new MedleyException("data set \"" + name + "\": not known; there is " + String.join(", ", names()));
        }
        return found.get();
    }

    /** All names {@link #named} knows. */
    static List<String> names() {
        return List.copyOf(NAMED.keySet());
    }

    /** Two interleaved half circles of radius 1 with Gaussian noise: sklearn's {@code make_moons}, the angle uniform. */
    static NoisyCurves moons(double noise) {
        return new NoisyCurves(
                "moons",
                List.of(
                        u -> new Point(Math.cos(Math.PI * u), Math.sin(Math.PI * u)),
                        u -> new Point(1 - Math.cos(Math.PI * u), 0.5 - Math.sin(Math.PI * u))),
                noise);
    }

    /** Two circles of radius 1 and ½: sklearn's {@code make_circles}, the angle uniform. */
    static NoisyCurves circles(double noise) {
        return new NoisyCurves("circles", List.of(u -> onCircle(1, u), u -> onCircle(0.5, u)), noise);
    }

    /** Two spirals of one and a half turns, dense as their length: radius grows with the square root of a uniform variable, up to π. */
    static NoisyCurves spirals(double noise) {
        return new NoisyCurves(
                "spirals",
                List.of(u -> onSpiral(Math.PI * Math.sqrt(u), 1), u -> onSpiral(Math.PI * Math.sqrt(u), -1)),
                noise);
    }

    /** One spiral of radius 0.47 to 1.41: sklearn's {@code make_swiss_roll} seen from the side, a tenth as large. */
    static NoisyCurves swissRoll(double noise) {
        return new NoisyCurves(
                "swissroll",
                List.of(u -> {
                    double t = 1.5 * Math.PI * (1 + 2 * u);
                    return new Point(t * Math.cos(t) / 10, t * Math.sin(t) / 10);
                }),
                noise);
    }

    private static Map<String, Supplier<ToyData>> named() {
        var all = new LinkedHashMap<String, Supplier<ToyData>>();
        all.put("moons", () -> moons(0.1));
        all.put("banana", () -> new Banana(0.5));
        all.put("8gaussians", () -> GaussianMixture.onCircle("8gaussians", 8, 1, 0.1));
        all.put("checkerboard", Checkerboard::new);
        all.put("circles", () -> circles(0.05));
        all.put("spirals", () -> spirals(0.1));
        all.put("swissroll", () -> swissRoll(0.05));
        all.put("ring", Ring::new);
        all.put("gaussian", () -> new GaussianMixture("gaussian", List.of(new Point(0, 0)), 1));
        return java.util.Collections.unmodifiableMap(all);
    }

    private static Point onCircle(double radius, double turn) {
        return new Point(radius * Math.cos(2 * Math.PI * turn), radius * Math.sin(2 * Math.PI * turn));
    }

    private static Point onSpiral(double radius, int side) {
        return new Point(side * radius * Math.cos(3 * radius), side * radius * Math.sin(3 * radius));
    }
}
