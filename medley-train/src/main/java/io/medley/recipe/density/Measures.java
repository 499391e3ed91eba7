package io.medley.recipe.density;

import io.medley.diffusion.Denoiser;
import io.medley.diffusion.OdeStepper;
import io.medley.diffusion.RungeKutta;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.TimeGrid;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.Arrays;

/** How good samples and flows are, without any network. */
public final class Measures {
    private Measures() {}

    /** Energy distance of two sets of points (N, 2): 2·E‖X−Y‖ − E‖X−X′‖ − E‖Y−Y′‖, unbiased, so that it may fall below 0 for equal laws. */
    public static double energyDistance(Tensor a, Tensor b) {
        double[] x = a.toDoubles();
        double[] y = b.toDoubles();
        double n = x.length / 2.0;
        double m = y.length / 2.0;
        return 2 * distances(x, y) / (n * m) - distances(x, x) / (n * (n - 1)) - distances(y, y) / (m * (m - 1));
    }

    private static double distances(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i += 2) {
            for (int j = 0; j < b.length; j += 2) {
                double dx = a[i] - b[j];
                double dy = a[i + 1] - b[j + 1];
                sum += Math.sqrt(dx * dx + dy * dy);
            }
        }
        return sum;
    }

    /**
     * What a flow's ways are like.
     *
     * @param straightness ∫E‖(Z₁ − Z₀) − v(Z_t, t)‖²dt, the sum over dimensions (Liu et al., 2023); 0 for straight lines at constant speed
     * @param cost E‖Z₁ − Z₀‖²
     */
    public record Ways(double straightness, double cost) {}

    /** Follows the flow of a model on a path of unit length from given noise (N, D), in {@code steps} midpoint steps. */
    public static Ways ways(Denoiser model, Tensor noise, int steps) {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var path = model.path();
            double[] times = TimeGrid.uniform().times(path, steps);
            double direction = Math.signum(path.dataTime() - path.noiseTime());
            var states = new Tensor[steps + 1];
            var end = Sampler.integrate(
                    OdeStepper.of(RungeKutta.MIDPOINT),
                    model,
                    times,
                    noise,
                    io.medley.diffusion.Noise.none(),
                    (i, t, x) -> states[i] = Scope.own(x.copy()));
            var way = end.sub(states[0]);
            double sum = 0;
            for (int i = 0; i < steps; i++) {
                var t = new double[(int) end.size(0)];
                Arrays.fill(t, times[i]);
                var miss = way.sub(model.velocity(states[i], t).mul(direction));
                sum += miss.mul(miss).sum().item();
                states[i].close();
            }
            double n = end.size(0);
            return new Ways(sum / n / steps, way.mul(way).sum().item() / n);
        }
    }
}
