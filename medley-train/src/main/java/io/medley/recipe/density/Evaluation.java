package io.medley.recipe.density;

import io.medley.diffusion.Coupling;
import io.medley.tensor.Generator;
import io.medley.tensor.Scope;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model of points against what is possible.
 *
 * @param floor what the data's own density gets on the same points: an estimate of their entropy; nats
 * @param nll negative log-likelihood of fresh points, nats
 * @param energyDistance between samples and fresh points; about 0.001 for equal laws
 * @param loss the training loss against its floor, where both the model and the data allow it
 */
public record Evaluation(double floor, double nll, double energyDistance, Optional<LossFloor> loss) {
    private static final long DATA_SEED = 77;
    private static final long SAMPLE_SEED = 4;
    private static final int SAMPLES = 3000;
    private static final int FLOW_POINTS = 20_000;
    /** An ODE is solved for each. */
    private static final int ODE_POINTS = 500;

    /** Measures a model that has learnt its data. */
    public static Evaluation of(PointModel model) {
        return measure(model, Evaluation::loss);
    }

    /** The same for one that has learnt pairs, such as those of a reflow: the floor of their loss is not known. */
    public static Evaluation ofPairs(PointModel model) {
        return measure(model, (any, data) -> Optional.empty());
    }

    private static Evaluation measure(PointModel model, BiFunction<PointModel, ToyData, Optional<LossFloor>> loss) {
        var data = ToyData.named(model.options().data());
        try (var scope = Scope.open()) {
            var points = data.sample(Generator.of(DATA_SEED), model instanceof PointFlow ? FLOW_POINTS : ODE_POINTS);
            double nll = model.nll(points).item();
            var drawn = model.draw(null, SAMPLE_SEED, SAMPLES, states -> {});
            var fresh = data.sample(Generator.of(DATA_SEED + 1), SAMPLES);
            return new Evaluation(
                    -data.meanLogDensity(points), nll, Measures.energyDistance(drawn, fresh), loss.apply(model, data));
        }
    }

    /** Known for independent noise only: optimal transport makes the loss smaller than that of any denoiser of the whole data. */
    private static Optional<LossFloor> loss(PointModel model, ToyData data) {
        if (model instanceof PointDiffusion diffusion
                && diffusion.options().pairing().equals(Coupling.AS_GIVEN)) {
            return data.mixture()
                    .map(mixture -> LossFloor.of(
                            diffusion.system(),
                            mixture.denoiser(diffusion.system().path(), diffusion.scale()),
                            diffusion.network()));
        }
        return model instanceof PointFlow flow && flow.options().fit() == FlowOptions.Fit.ENERGY
                ? Optional.of(FlowTraining.floor(flow, Generator.of(SAMPLE_SEED), FLOW_POINTS))
                : Optional.empty();
    }

    /** How many nats the model is above what is possible: an estimate of the Kullback-Leibler divergence from data to model. */
    public double excess() {
        return nll - floor;
    }

    /** For {@code evaluation.json}. */
    ObjectNode toJson() {
        var json = JsonMapper.shared()
                .createObjectNode()
                .put("nll", nll)
                .put("floor", floor)
                .put("excess", excess())
                .put("energy_distance", energyDistance);
        loss.ifPresent(found -> json.putObject("loss")
                .put("learnt", found.learnt())
                .put("floor", found.exact())
                .put("excess", found.excess())
                .put("standard_error", found.standardError()));
        return json;
    }

    @Override
    public String toString() {
        var line = String.format(
                Locale.ROOT,
                "nll %.4f nats, floor %.4f, excess %.4f; energy distance %.4f",
                nll,
                floor,
                excess(),
                energyDistance);
        return loss.map(found -> line
                        + String.format(
                                Locale.ROOT,
                                "; loss %.4f, floor %.4f, excess %.4f ± %.4f",
                                found.learnt(),
                                found.exact(),
                                found.excess(),
                                found.standardError()))
                .orElse(line);
    }
}
