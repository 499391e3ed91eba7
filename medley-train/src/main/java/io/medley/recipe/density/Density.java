package io.medley.recipe.density;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A density over the plane, learnt by diffusion, flow matching or a normalizing flow: points in and points out, no tensors. May be used from
 * several threads.
 *
 * <pre>{@code
 * var density = Density.train(DensityOptions.of("realnvp", Map.of("data", "moons")), Path.of("runs/moons"), System.out::println);
 * List<Point> points = density.sample(1000, 7);
 * double nats = density.nll(points);
 * }</pre>
 */
public final class Density {
    private final PointModel model;

    private Density(PointModel model) {
        this.model = model;
    }

    /**
     * A trained model.
     *
     * @param run a directory that a training has left
     * @throws MedleyException when it holds none
     */
    public static Density load(Path run) throws IOException {
        return new Density(PointModel.load(run));
    }

    /**
     * Trains, or goes on with what was interrupted, and loads the result.
     *
     * @param run a new or empty directory, or that of the training to continue
     * @param progress gets lines that say how it goes
     */
    public static Density train(DensityOptions options, Path run, Consumer<String> progress) throws IOException {
        try (var directory = RunDirectory.open(run, options.toJson(), Reporter.lines(progress))) {
            DensityRun.train(options, directory);
        }
        return load(run);
    }

    /** How it was trained. */
    public DensityOptions options() {
        return model.options();
    }

    /** Independent draws; point k depends on the seed and k only. */
    public List<Point> sample(int count, long seed) {
        return sample(count, seed, null);
    }

    /**
     * The same by a sampler of one's choice.
     *
     * @param how for diffusion and flow matching; normalizing flows know one way only
     */
    public List<Point> sample(int count, long seed, @Nullable Sampling how) {
        if (count < 1) {
            throw new MedleyException("count " + count + ": give 1 or more");
        }
        try (var scope = Scope.open()) {
            return points(model.draw(how, seed, count, state -> {}));
        }
    }

    /** ln p of each point, in nats. */
    public double[] logDensity(List<Point> points) {
        try (var scope = Scope.open()) {
            return model.logDensity(tensor(points)).toDoubles();
        }
    }

    /** Mean negative log-likelihood of points, in nats. */
    public double nll(List<Point> points) {
        try (var scope = Scope.open()) {
            return model.nll(tensor(points)).item();
        }
    }

    /** Measured against what is possible. */
    public Evaluation evaluate() {
        return Evaluation.of(model);
    }

    private static Tensor tensor(List<Point> points) {
        if (points.isEmpty()) {
            throw new MedleyException("density: no points; give one or more");
        }
        var xy = new double[2 * points.size()];
        for (int i = 0; i < points.size(); i++) {
            var point = points.get(i);
            if (!Double.isFinite(point.x()) || !Double.isFinite(point.y())) {
                throw new MedleyException("density: point " + (i + 1) + " is (" + point.x() + ", " + point.y()
                        + "); both coordinates must be numbers");
            }
            xy[2 * i] = point.x();
            xy[2 * i + 1] = point.y();
        }
        return Tensor.of(xy, points.size(), 2);
    }

    private static List<Point> points(Tensor tensor) {
        double[] xy = tensor.toDoubles();
        var points = new ArrayList<Point>(xy.length / 2);
        for (int i = 0; i < xy.length; i += 2) {
            points.add(new Point(xy[i], xy[i + 1]));
        }
        return points;
    }
}
