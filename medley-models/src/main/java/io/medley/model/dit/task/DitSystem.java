package io.medley.model.dit.task;

import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.Prediction;
import io.medley.diffusion.ProbabilityPath;
import io.medley.diffusion.TimeInput;
import io.medley.diffusion.TimeInput.LogLevel;
import io.medley.tensor.MedleyException;
import java.util.Locale;

/**
 * A diffusion system as a transformer is trained for it.
 *
 * @param name of {@link DiffusionSystem#named}
 * @param output what the network predicts
 */
public record DitSystem(String name, Output output) {
    /** The waves that tell a transformer the time are made for numbers up to about this. */
    private static final double LONGEST_TIME = 1000;

    private static final double LEVEL_FACTOR = 100;

    /** What a network predicts. */
    public enum Output {
        /** What the system's own networks do. */
        SYSTEM,
        /**
         * The picture itself. A patch of noise has as many free numbers as pixels, a patch of a picture far fewer; so narrow networks with
         * large patches can predict pictures only (Li and He, 2025).
         */
        DATA,
        NOISE,
        VELOCITY;

        /** @throws MedleyException naming those there are */
        public static Output named(String name) {
            for (var output : values()) {
                if (output.key().equals(name)) {
                    return output;
                }
            }
            throw new MedleyException("output '" + name + "' is not known; there are: system, data, noise, velocity");
        }

        /** As configuration files write it. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public DitSystem {
        var path = DiffusionSystem.named(name).path(); // refuses unknown names
        if (output == Output.NOISE && path.alpha(path.noiseTime()) == 0) {
            throw new MedleyException(
                    "system '" + name
                            + "' starts from pure noise, of which its noise tells nothing; let the network give data or velocity");
        }
    }

    /**
     * The system with this network.
     *
     * @param most largest factor of a squared error of the network in the system's loss, see {@link DiffusionSystem#predicting}
     */
    public DiffusionSystem diffusion(double most) {
        var system = DiffusionSystem.named(name);
        var told = system.withTimeInput(timeInput(system.timeInput(), system.path()));
        return switch (output) {
            case SYSTEM -> told;
            case DATA -> told.predicting(Prediction.SAMPLE, most);
            case NOISE -> told.predicting(Prediction.EPSILON, most);
            case VELOCITY -> told.predicting(Prediction.VELOCITY, most);
        };
    }

    /** The system for sampling, which knows no loss. */
    DiffusionSystem diffusion() {
        return diffusion(1);
    }

    private static TimeInput timeInput(TimeInput own, ProbabilityPath path) {
        if (own instanceof LogLevel level) {
            return TimeInput.logLevel(LEVEL_FACTOR, level.unit());
        }
        boolean fraction = own.equals(TimeInput.TIME) && path.noiseTime() == 1;
        return fraction ? TimeInput.affine(LONGEST_TIME, 0) : own;
    }
}
