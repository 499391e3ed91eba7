package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The simple distribution a flow ends in. */
public sealed interface Base {
    /** ln 2π. */
    double LOG_2PI = Math.log(2 * Math.PI);

    /** (B, …) → (B). */
    Tensor logDensity(Tensor z);

    /**
     * Independent draws, (count, …).
     *
     * @param temperature factor on the deviation: 1 draws from the distribution itself, Glow shows pictures at 0.7
     */
    Tensor sample(Generator generator, int count, double temperature);

    /**
     * Independent standard normal variables.
     *
     * @param shape of one sample
     */
    record StandardNormal(List<Long> shape) implements Base {
        public StandardNormal {
            shape = List.copyOf(shape);
        }

        public StandardNormal(long... shape) {
            this(Arrays.stream(shape).boxed().toList());
        }

        @Override
        public Tensor logDensity(Tensor z) {
            return Mapped.sum(z.mul(z).add(LOG_2PI)).mul(-0.5);
        }

        @Override
        public Tensor sample(Generator generator, int count, double temperature) {
            return generator.normal(batch(count, shape)).mul(temperature);
        }
    }

    /**
     * Independent standard logistic variables, NICE's choice for pictures: density σ(z)·σ(−z).
     *
     * @param shape of one sample
     */
    record StandardLogistic(List<Long> shape) implements Base {
        private static final double EDGE = 1e-6;

        public StandardLogistic {
            shape = List.copyOf(shape);
        }

        public StandardLogistic(long... shape) {
            this(Arrays.stream(shape).boxed().toList());
        }

        @Override
        public Tensor logDensity(Tensor z) {
            return Mapped.sum(z.softplus().add(z.neg().softplus())).neg();
        }

        @Override
        public Tensor sample(Generator generator, int count, double temperature) {
            var u = generator.uniform(batch(count, shape)).clamp(EDGE, 1 - EDGE);
            return u.log().sub(u.neg().add(1).log()).mul(temperature);
        }
    }

    /**
     * Independent normal variables with learned means and deviations, over parts that have been flattened and joined, as {@link MultiScale}
     * does; normflows' {@code DiagGaussian} per level. Parameters {@code <name>.loc} and {@code <name>.log_scale}, (1, …).
     */
    final class DiagonalNormal implements Base {
        private final List<Tensor> means = new ArrayList<>();
        private final List<Tensor> logScales = new ArrayList<>();

        /**
         * @param names of the parts, in their order
         * @param shapes of the parts, without the batch
         */
        public DiagonalNormal(Weights weights, List<String> names, List<long[]> shapes) {
            for (int i = 0; i < names.size(); i++) {
                var shape = new long[shapes.get(i).length + 1];
                shape[0] = 1;
                System.arraycopy(shapes.get(i), 0, shape, 1, shape.length - 1);
                var part = weights.at(names.get(i));
                means.add(part.parameter("loc", Init.ZEROS, shape));
                logScales.add(part.parameter("log_scale", Init.ZEROS, shape));
            }
        }

        @Override
        public Tensor logDensity(Tensor z) {
            var logScale = join(logScales);
            var e = z.sub(join(means)).mul(logScale.neg().exp());
            return Mapped.sum(e.mul(e).add(LOG_2PI).mul(0.5).add(logScale)).neg();
        }

        @Override
        public Tensor sample(Generator generator, int count, double temperature) {
            var mean = join(means);
            var noise = generator.normal(count, mean.size(1)).mul(temperature);
            return noise.mul(join(logScales).exp()).add(mean);
        }

        private static Tensor join(List<Tensor> parts) {
            return Tensor.cat(parts.stream().map(p -> p.reshape(1, -1)).toList(), 1);
        }
    }

    /**
     * Independent normal variables with fixed means and deviations, (D): zuko's base.
     *
     * @param mean (D)
     * @param deviation (D)
     */
    record FixedNormal(Tensor mean, Tensor deviation) implements Base {
        @Override
        public Tensor logDensity(Tensor z) {
            var e = z.sub(mean).div(deviation);
            return Mapped.sum(e.mul(e).add(LOG_2PI).mul(0.5).add(deviation.log()))
                    .neg();
        }

        @Override
        public Tensor sample(Generator generator, int count, double temperature) {
            return generator
                    .normal(count, mean.numel())
                    .mul(temperature)
                    .mul(deviation)
                    .add(mean);
        }
    }

    private static long[] batch(int count, List<Long> shape) {
        var full = new long[shape.size() + 1];
        full[0] = count;
        for (int i = 0; i < shape.size(); i++) {
            full[i + 1] = shape.get(i);
        }
        return full;
    }
}
