package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Steppers and grids by the names the command line uses. */
public final class Samplers {
    private static final double RELATIVE = 1e-5;
    private static final double CORRECTOR_RATIO = 0.16;
    private static final double LEAST_LEVEL = 0.002;
    private static final double MOST_LEVEL = 80;
    private static final double RHO = 7;
    private static final double MARGIN = 1e-3;

    private Samplers() {}

    /**
     * A stepper.
     *
     * @param eta noise of {@code ddim}, 0 to 1
     * @param churn for {@code euler} and {@code heun}
     * @throws MedleyException naming those there are
     */
    public static Stepper stepper(String name, double eta, Churn churn) {
        var found = all(eta, churn).get(name);
        if (found == null) {
            throw new MedleyException("sampler '" + name + "' is not known; there are: " + String.join(", ", names()));
        }
        return found;
    }

    /** All stepper names. */
    public static List<String> names() {
        return List.copyOf(all(0, Churn.NONE).keySet());
    }

    private static Map<String, Stepper> all(double eta, Churn churn) {
        Map<String, Stepper> all = new LinkedHashMap<>();
        all.put("ddpm", Ddim.ancestral(true));
        all.put("ddim", Ddim.eta(eta));
        all.put("ancestral", Ddim.eta(1));
        all.put("euler", new OdeStepper(RungeKutta.EULER, churn));
        all.put("heun", new OdeStepper(RungeKutta.HEUN, churn));
        all.put("midpoint", new OdeStepper(RungeKutta.MIDPOINT, churn));
        all.put("dpm++2m", DpmSolver.plusPlus2M());
        all.put("sde-dpm++2m", new DpmSolver(DpmSolver.Algorithm.SDE, 2, DpmSolver.Correction.MIDPOINT, true));
        all.put("dpm++2s", new DpmSolverSinglestep());
        all.put("unipc", new UniPc());
        all.put("lms", new LinearMultistep(4));
        all.put("plms", new PseudoNumerical());
        all.put("euler-maruyama", new EulerMaruyama());
        all.put("predictor-corrector", new PredictorCorrector(new EulerMaruyama(), CORRECTOR_RATIO, 1));
        all.put("rk45", new AdaptiveRk45(RELATIVE, RELATIVE));
        return all;
    }

    /**
     * A grid: uniform, quadratic, karras, logsnr, and on discrete paths trailing, leading, linspace, ddim-quadratic; {@code auto} is what suits the
     * path. Grids of noise levels stay within the path.
     */
    public static TimeGrid grid(String name, ProbabilityPath path) {
        return grid(name, path, leastLevel(path), mostLevel(path));
    }

    /** The noise level at which grids of levels usually end. */
    public static double leastLevel(ProbabilityPath path) {
        return Math.max(LEAST_LEVEL, path.noiseLevel(path.dataTime()));
    }

    /** The noise level at which they usually begin. */
    public static double mostLevel(ProbabilityPath path) {
        return Math.min(MOST_LEVEL, path.noiseLevel(path.noiseTime()));
    }

    /**
     * The same between given noise levels σ/α.
     *
     * @param least of {@code karras} and {@code logsnr}; above 0
     * @param most of these; above {@code least}, and no more than the path reaches
     */
    public static TimeGrid grid(String name, ProbabilityPath path, double least, double most) {
        double top = path.noiseLevel(path.noiseTime());
        if (most > top) {
            throw new MedleyException("noise level " + most + " is outside of this path's, which end at " + top
                    + "; choose a grid within them");
        }
        boolean discrete = path.dataTime() == -1;
        return switch (name) {
            case "auto" ->
                discrete
                        ? TimeGrid.trailing()
                        : path.alpha(path.noiseTime()) == 1
                                ? TimeGrid.karras(least, most, RHO)
                                : path.alpha(path.noiseTime()) == 0
                                        ? TimeGrid.uniform()
                                        : TimeGrid.uniformThenData(MARGIN);
            case "uniform" -> discrete ? TimeGrid.trailing() : TimeGrid.uniform();
            case "quadratic" -> discrete ? TimeGrid.ddimQuadratic() : TimeGrid.quadratic();
            case "karras" -> TimeGrid.karras(least, most, RHO);
            case "logsnr" -> TimeGrid.logSnr(least, most);
            case "trailing" -> TimeGrid.trailing();
            case "leading" -> TimeGrid.leading(0);
            case "linspace" -> TimeGrid.linspace();
            case "ddim-quadratic" -> TimeGrid.ddimQuadratic();
            default ->
                throw new MedleyException("grid '" + name
                        + "' is not known; there are: auto, uniform, quadratic, karras, logsnr, trailing, leading, linspace,"
                        + " ddim-quadratic");
        };
    }
}
