package io.medley.model.dit.task;

import io.medley.diffusion.AdaptiveRk45;
import io.medley.diffusion.Ddim;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.DpmSolver;
import io.medley.diffusion.OdeStepper;
import io.medley.diffusion.RungeKutta;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.Stepper;
import io.medley.diffusion.TimeGrid;
import io.medley.task.GenerationOptions;

/** The sampler that options ask for, on the grid that suits a system. */
final class DitSamplers {
    private static final double LEAST_NOISE = 0.002;
    private static final double MOST_NOISE = 80;

    private DitSamplers() {}

    static Sampler of(DiffusionSystem system, GenerationOptions options) {
        return new Sampler(stepper(options.sampler()), grid(system), options.steps());
    }

    private static Stepper stepper(GenerationOptions.Sampler sampler) {
        return switch (sampler) {
            case EULER -> Ddim.eta(0);
            case HEUN -> OdeStepper.of(RungeKutta.HEUN);
            case RK4 -> OdeStepper.of(RungeKutta.RK4);
            case DPM -> DpmSolver.plusPlus2M();
            case ANCESTRAL -> Ddim.eta(1);
            case RK45 -> new AdaptiveRk45(1e-4, 1e-4);
        };
    }

    private static TimeGrid grid(DiffusionSystem system) {
        return switch (system.name()) {
            case "ddpm" -> TimeGrid.trailing();
            case "edm" -> TimeGrid.karras(LEAST_NOISE, MOST_NOISE, 7);
            default -> TimeGrid.uniform();
        };
    }
}
