package io.medley.recipe.density;

import io.medley.diffusion.AdaptiveRk45;
import io.medley.diffusion.Denoiser;
import io.medley.diffusion.Noise;
import io.medley.diffusion.ProbabilityPath;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.Stepper;
import io.medley.diffusion.TimeGrid;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Steps against distance for several samplers of one model. */
public final class SamplerComparison {
    private SamplerComparison() {}

    /**
     * A cell of the table.
     *
     * @param sampler its name
     * @param steps of the grid
     * @param calls of the model, per sample
     * @param distance energy distance to fresh data
     */
    public record Row(String sampler, int steps, int calls, double distance) {}

    /** Runs every sampler with every number of steps on the same noise; {@code data} are points (N, 2) in the model's units. */
    public static List<Row> run(
            Denoiser model, Map<String, Stepper> samplers, TimeGrid grid, int[] steps, Tensor data, long seed) {
        var rows = new ArrayList<Row>();
        samplers.forEach((name, stepper) -> {
            for (int count : steps) {
                if (stepper instanceof AdaptiveRk45 && count != steps[0]) {
                    continue; // chooses its steps itself
                }
                try (var scope = Scope.open()) {
                    var counter = new Counter(model);
                    var x = new Sampler(stepper, grid, count).sample(counter, Noise.seeded(seed, 0), data.shape());
                    rows.add(new Row(name, count, counter.calls, Measures.energyDistance(x, data)));
                }
            }
        });
        return rows;
    }

    /** Counts calls. */
    private static final class Counter implements Denoiser {
        private final Denoiser inner;
        private int calls;

        Counter(Denoiser inner) {
            this.inner = inner;
        }

        @Override
        public ProbabilityPath path() {
            return inner.path();
        }

        @Override
        public Tensor denoise(Tensor x, double[] t) {
            calls++;
            return inner.denoise(x, t);
        }

        @Override
        public Tensor velocity(Tensor x, double[] t) {
            calls++;
            return inner.velocity(x, t);
        }
    }
}
