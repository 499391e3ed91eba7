package io.medley.train;

import io.medley.tensor.Engine;
import java.util.Locale;

/** One line about a step: losses, learning rate, speed, time left, memory. */
final class ProgressLine {
    /** The speed is that of about so many last steps. */
    private static final int WINDOW = 20;

    private final String name;
    private final long steps;
    private double secondsPerStep;
    private int seen;

    /** @param name of the stage with a space behind, or empty */
    ProgressLine(String name, long steps) {
        this.name = name;
        this.steps = steps;
    }

    /** Takes a step into account; call for every one. */
    void stepped(Trainer.StepResult result) {
        // The first step also warms up the machine, so the second one replaces it.
        secondsPerStep += (result.seconds() - secondsPerStep) / Math.max(1, Math.min(seen, WINDOW));
        seen++;
    }

    /** The line after a step. */
    String text(Trainer.StepResult result) {
        var terms = new StringBuilder();
        result.terms().forEach((term, value) -> terms.append(String.format(Locale.ROOT, " %s %.4f", term, value)));
        return String.format(
                Locale.ROOT,
                "%s%d/%d  loss %.4f %s  lr %.1e  %.1f samples/s  %s left  %d MB",
                name,
                result.step() + 1,
                steps,
                result.loss(),
                terms,
                result.learningRate(),
                result.samples() / secondsPerStep,
                duration((steps - result.step() - 1) * secondsPerStep),
                Engine.residentBytes() >> 20);
    }

    private static String duration(double seconds) {
        if (seconds < 90) {
            return Math.round(seconds) + " s";
        }
        return seconds < 90 * 60
                ? Math.round(seconds / 60) + " min"
                : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }
}
