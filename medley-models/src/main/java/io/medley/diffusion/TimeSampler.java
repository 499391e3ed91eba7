package io.medley.diffusion;

import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;

/** Which times a training batch sees. */
public sealed interface TimeSampler {

    /** {@code n} times of the path. */
    double[] draw(ProbabilityPath path, Generator generator, int n);

    /** Uniform over the path, keeping a distance from its data end (DDPM's continuous form 1e-5, rectified flow 1e-3, flow matching 0). */
    record Uniform(double margin) implements TimeSampler {
        public Uniform {
            if (!(margin >= 0 && margin < 1)) {
                throw new MedleyException("time sampler uniform: the margin " + margin + " must be in [0, 1)");
            }
        }

        @Override
        public double[] draw(ProbabilityPath path, Generator generator, int n) {
            double data = path.dataTime() + margin * (path.noiseTime() - path.dataTime());
            return Batch.map(uniform(generator, n), u -> data + u * (path.noiseTime() - data));
        }
    }

    /** The indices 0 … T−1 of a discrete path, all alike (DDPM). */
    record Indices() implements TimeSampler {
        @Override
        public double[] draw(ProbabilityPath path, Generator generator, int n) {
            double count = path.noiseTime() + 1;
            return Batch.map(uniform(generator, n), u -> Math.min(Math.floor(u * count), count - 1));
        }
    }

    /** The logarithm of the noise level is normal (EDM: −1.2 and 1.2); levels beyond the path's ends are drawn to them. */
    record LogNormalLevel(double mean, double std) implements TimeSampler {
        public LogNormalLevel {
            if (!(std > 0 && Double.isFinite(mean))) {
                throw new MedleyException(
                        "time sampler log-normal: mean " + mean + " and std " + std + " are not usable");
            }
        }

        @Override
        public double[] draw(ProbabilityPath path, Generator generator, int n) {
            double least = path.noiseLevel(path.dataTime());
            double most = path.noiseLevel(path.noiseTime());
            return Batch.map(
                    generator.normal(n).toDoubles(),
                    z -> path.timeOfNoiseLevel(Math.max(least, Math.min(most, Math.exp(mean + std * z)))));
        }
    }

    /** The logit of the time is normal (Stable Diffusion 3: 0 and 1); for paths over [0, 1]. */
    record LogitNormal(double mean, double std) implements TimeSampler {
        public LogitNormal {
            if (!(std > 0 && Double.isFinite(mean))) {
                throw new MedleyException(
                        "time sampler logit-normal: mean " + mean + " and std " + std + " are not usable");
            }
        }

        @Override
        public double[] draw(ProbabilityPath path, Generator generator, int n) {
            return Batch.map(
                    generator.normal(n).toDoubles(),
                    z -> path.dataTime() + (path.noiseTime() - path.dataTime()) / (1 + Math.exp(-(mean + std * z))));
        }
    }

    /** Always the same (distillation into one step). */
    record Fixed(double time) implements TimeSampler {
        @Override
        public double[] draw(ProbabilityPath path, Generator generator, int n) {
            var times = new double[n];
            java.util.Arrays.fill(times, time);
            return times;
        }
    }

    private static double[] uniform(Generator generator, int n) {
        return generator.uniform(n).toDoubles();
    }
}
