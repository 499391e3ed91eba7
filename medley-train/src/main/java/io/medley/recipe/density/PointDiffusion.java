package io.medley.recipe.density;

import io.medley.checkpoint.AtomicFile;
import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.SafetensorsWriter;
import io.medley.diffusion.Denoiser;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.MlpNetwork;
import io.medley.diffusion.Noise;
import io.medley.diffusion.OdeLikelihood;
import io.medley.diffusion.ProbabilityPath;
import io.medley.diffusion.Sampler;
import io.medley.model.ModelFiles;
import io.medley.model.ModelWeights;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A diffusion or flow model of points in the plane: a system, an MLP, and the scale at which it sees the data. Samples and likelihoods are in the
 * data's own units.
 */
public final class PointDiffusion {
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final int FOR_SCALE = 10_000;
    /** Data are brought to unit size, for EDM to its ½. */
    private static final double EDM_DEVIATION = 0.5;
    /** The part of the path that likelihoods leave out where the network is not defined at the data. */
    private static final double MARGIN = 1e-3;

    private final DiffusionOptions options;
    private final DiffusionSystem system;
    private final double scale;
    private final Weights weights;
    private final MlpNetwork network;

    private PointDiffusion(DiffusionOptions options, double scale, Weights weights, MlpNetwork network) {
        this.options = options;
        this.system = DiffusionSystem.named(options.system());
        this.scale = scale;
        this.weights = weights;
        this.network = network;
    }

    /** A model that has not learnt anything; make it outside any scope. */
    public static PointDiffusion fresh(DiffusionOptions options) {
        double deviation;
        try (var scope = Scope.open()) {
            var points = ToyData.named(options.data()).sample(Generator.of(options.seed()), FOR_SCALE);
            var centred = points.sub(points.mean(0, true));
            deviation = Math.sqrt(centred.mul(centred).mean().item());
        }
        double wanted = options.system().equals("edm") ? EDM_DEVIATION : 1;
        return fresh(options, wanted / deviation);
    }

    /** The same with a given scale, by which data are multiplied. */
    public static PointDiffusion fresh(DiffusionOptions options, double scale) {
        var weights = Weights.random(options.seed());
        return new PointDiffusion(options, scale, weights, network(weights, options));
    }

    private static MlpNetwork network(Weights weights, DiffusionOptions options) {
        return new MlpNetwork(
                weights, new MlpNetwork.Config(2, options.width(), options.depth(), timeUnit(options.system())));
    }

    /** The largest time the network of a system is told. */
    private static double timeUnit(String name) {
        var system = DiffusionSystem.named(name);
        double noise =
                Math.abs(system.timeInput().at(system.path(), system.path().noiseTime()));
        double data =
                Math.abs(system.timeInput().at(system.path(), system.path().dataTime()));
        return Double.isFinite(data) ? Math.max(noise, data) : noise;
    }

    /**
     * A model from a directory that {@link #save} wrote.
     *
     * @throws MedleyException when it is none
     */
    public static PointDiffusion load(Path directory) throws IOException {
        var config = ModelFiles.at(directory.toString(), directory)
                .json(CONFIG)
                .orElseThrow(() -> new MedleyException(directory + ": holds no density model (no " + CONFIG
                        + "); train one with 'medley density train'"));
        var options = DiffusionOptions.of(config);
        double scale = config.path("scale").asDouble(0);
        if (!(scale > 0)) {
            throw new MedleyException(directory.resolve(CONFIG) + ": scale must be a positive number");
        }
        try (var checkpoint = Checkpoint.open(directory.resolve(WEIGHTS))) {
            var built =
                    ModelWeights.trainable(checkpoint, ModelWeights.Rules.STRICT, weights -> network(weights, options));
            return new PointDiffusion(options, scale, built.weights(), built.model());
        }
    }

    /** Writes {@code config.json} and {@code model.safetensors}. */
    public void save(Path directory) throws IOException {
        SafetensorsWriter.write(directory.resolve(WEIGHTS), weights.parameters(), Map.of("format", "pt"));
        AtomicFile.write(
                directory.resolve(CONFIG), options.toJson().put("scale", scale).toPrettyString() + "\n");
    }

    public DiffusionOptions options() {
        return options;
    }

    public DiffusionSystem system() {
        return system;
    }

    /** What data are multiplied with before the model sees them. */
    public double scale() {
        return scale;
    }

    public Weights weights() {
        return weights;
    }

    public MlpNetwork network() {
        return network;
    }

    /** The model in its own units. */
    public Denoiser denoiser() {
        return system.denoiser(network);
    }

    /** Points in the data's units, (count, 2) float64; point k depends on the seed and k only. */
    public Tensor sample(Sampler sampler, long seed, int count, Sampler.Listener listener) {
        return sampler.sample(denoiser(), Noise.seeded(seed, 0), listener, count, 2)
                .mul(1 / scale);
    }

    /** ln p(x) in nats of points (B, 2) in the data's units, by the probability-flow ODE: (B) float64. */
    public Tensor logDensity(Tensor points) {
        var inside = OdeLikelihood.exact(denoiser(), likelihoodStart()).logDensity(points.mul(scale));
        return inside.add(2 * Math.log(scale));
    }

    /** Mean negative log-likelihood in nats of points (B, 2) in the data's units, a scalar. */
    public Tensor nll(Tensor points) {
        return logDensity(points).mean().neg();
    }

    /** Where data stand on the path: its end if the network is defined there, else just before. */
    private double likelihoodStart() {
        ProbabilityPath path = system.path();
        boolean defined = path.sigma(path.dataTime()) > 0
                || (path.alpha(path.noiseTime()) == 0
                        && Double.isFinite(system.timeInput().at(path, path.dataTime())));
        if (defined) {
            return path.dataTime();
        }
        return path.dataTime() == -1 ? 0 : path.dataTime() + MARGIN * (path.noiseTime() - path.dataTime());
    }
}
