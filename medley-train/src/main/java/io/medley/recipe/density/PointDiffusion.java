package io.medley.recipe.density;

import io.medley.checkpoint.Checkpoint;
import io.medley.diffusion.Denoiser;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.MlpNetwork;
import io.medley.diffusion.Noise;
import io.medley.diffusion.OdeLikelihood;
import io.medley.diffusion.ProbabilityPath;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.Samplers;
import io.medley.model.ModelWeights;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A diffusion or flow model of points in the plane: a system, an MLP, and the scale at which it sees the data. Samples and likelihoods are in the
 * data's own units.
 */
public final class PointDiffusion implements PointModel {
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
        this.system = DiffusionSystem.named(options.model());
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
        double wanted = options.model().equals("edm") ? EDM_DEVIATION : 1;
        return fresh(options, wanted / deviation);
    }

    /** The same with a given scale, by which data are multiplied. */
    public static PointDiffusion fresh(DiffusionOptions options, double scale) {
        var weights = Weights.random(options.seed());
        return new PointDiffusion(options, scale, weights, network(weights, options));
    }

    private static MlpNetwork network(Weights weights, DiffusionOptions options) {
        return new MlpNetwork(
                weights, new MlpNetwork.Config(2, options.width(), options.depth(), timeUnit(options.model())));
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

    /** A model with the weights of a checkpoint. */
    static PointDiffusion of(DiffusionOptions options, double scale, Checkpoint checkpoint) {
        if (!(scale > 0 && Double.isFinite(scale))) {
            throw new MedleyException("density model: its scale is " + scale + "; it must be a positive number");
        }
        var built = ModelWeights.trainable(checkpoint, ModelWeights.Rules.STRICT, weights -> network(weights, options));
        return new PointDiffusion(options, scale, built.weights(), built.model());
    }

    @Override
    public ObjectNode config() {
        return options.toJson().put("scale", scale);
    }

    @Override
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

    @Override
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

    @Override
    public Tensor draw(@Nullable Sampling sampling, long seed, int count, Consumer<Tensor> states) {
        var sampler = (sampling == null ? Sampling.DEFAULT : sampling).on(system.path());
        return sample(sampler, seed, count, (i, t, x) -> states.accept(x.mul(1 / scale)));
    }

    /** By the probability-flow ODE. */
    @Override
    public Tensor logDensity(Tensor points) {
        var inside = OdeLikelihood.exact(denoiser(), likelihoodStart()).logDensity(points.mul(scale));
        return inside.add(2 * Math.log(scale));
    }

    @Override
    public PointTraining<PointDiffusion, PairBatch> training() {
        return DiffusionTraining.onData(this);
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
        if (path.alpha(path.noiseTime()) == 1) {
            // Time is the noise level itself: a part of the path would be more noise than the data's details bear.
            return path.timeOfNoiseLevel(Samplers.leastLevel(path));
        }
        return path.dataTime() == -1 ? 0 : path.dataTime() + MARGIN * (path.noiseTime() - path.dataTime());
    }
}
