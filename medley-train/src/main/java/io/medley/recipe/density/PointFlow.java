package io.medley.recipe.density;

import io.medley.checkpoint.Checkpoint;
import io.medley.diffusion.Noise;
import io.medley.flow.Base;
import io.medley.flow.Bijector;
import io.medley.flow.Composite;
import io.medley.flow.Flow;
import io.medley.model.ModelWeights;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A normalizing flow over the plane. */
public final class PointFlow implements PointModel {
    private static final int START_POINTS = 4096;

    private final FlowOptions options;
    private final Weights weights;
    private final Flow flow;

    private PointFlow(FlowOptions options, Weights weights, Flow flow) {
        this.options = options;
        this.weights = weights;
        this.flow = flow;
    }

    /** A flow that has not learnt anything, but whose layers have taken their start values from the data; make it outside any scope. */
    public static PointFlow fresh(FlowOptions options) {
        var weights = Weights.random(options.seed());
        var model = new PointFlow(options, weights, build(weights, options));
        if (options.fit() == FlowOptions.Fit.SAMPLES) {
            try (var scope = Scope.open()) {
                model.flow.initialize(ToyData.named(options.data()).sample(Generator.of(options.seed()), START_POINTS));
            }
        }
        return model;
    }

    /** A flow with the weights of a checkpoint. */
    static PointFlow of(FlowOptions options, Checkpoint checkpoint) {
        var built = ModelWeights.trainable(checkpoint, ModelWeights.Rules.STRICT, weights -> build(weights, options));
        return new PointFlow(options, built.weights(), built.model());
    }

    private static Flow build(Weights weights, FlowOptions options) {
        // Over the plane nothing is dequantised, so nothing is drawn.
        var flow = options.config().build(weights, Generator.of(options.seed()));
        // Energies are fitted with the closed-form direction leading from noise to samples.
        return options.fit() == FlowOptions.Fit.ENERGY
                ? new Flow(flow.toNoise().inverted(), new Base.StandardNormal(2))
                : flow;
    }

    @Override
    public FlowOptions options() {
        return options;
    }

    @Override
    public Weights weights() {
        return weights;
    }

    public Flow flow() {
        return flow;
    }

    @Override
    public Tensor draw(@Nullable Sampling sampling, long seed, int count, Consumer<Tensor> states) {
        if (sampling != null) {
            throw new MedleyException(
                    options.model() + ": a normalizing flow is sampled in one pass; leave sampler, steps and grid out");
        }
        try (var all = Scope.open();
                var off = NoGrad.open()) {
            var x = Noise.seeded(seed, 0).normal(count, 2).to(DType.FLOAT32);
            states.accept(x);
            for (var part : toData()) {
                x = part.forward(x).value();
                states.accept(x);
            }
            return all.keep(x.to(DType.FLOAT64));
        }
    }

    /** The maps from noise to data, one by one. */
    private List<Bijector> toData() {
        var way = flow.toNoise().inverted();
        if (way instanceof Composite chain) {
            return chain.parts();
        }
        var parts = new ArrayList<Bijector>();
        for (var part : ((Composite) flow.toNoise()).parts()) {
            parts.add(part.inverted());
        }
        Collections.reverse(parts);
        return parts;
    }

    @Override
    public Tensor logDensity(Tensor points) {
        try (var off = NoGrad.open()) {
            return flow.logDensity(points.to(DType.FLOAT32)).to(DType.FLOAT64);
        }
    }

    @Override
    public PointTraining<PointFlow, Long> training() {
        return FlowTraining.of(this);
    }
}
