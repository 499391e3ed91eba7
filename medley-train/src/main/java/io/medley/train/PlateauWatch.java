package io.medley.train;

import io.medley.tensor.MedleyException;

/**
 * Warns when a loss or metric sits at a value that means nothing is learnt. BLIP's ITM, for example, is 0.6365 while it predicts the prior of one
 * right pair in three.
 *
 * @param term name of the loss or metric
 * @param value where it must not stay
 * @param within how near counts
 * @param window steps whose mean is looked at
 * @param after steps before the first warning
 * @param meaning what it means and what to do, for the warning
 */
public record PlateauWatch(String term, double value, double within, int window, long after, String meaning) {
    public PlateauWatch {
        if (window < 1 || !(within > 0)) {
            throw new MedleyException("watch on " + term + ": window " + window + " must be at least 1 and within "
                    + within + " above 0");
        }
    }

    /** The watch while it runs over the steps of a training. */
    final class Running {
        private double sum;
        private int count;

        /** Takes a step in; true when a warning is due, at most once a window. */
        boolean warns(Trainer.StepResult result) {
            var now = result.terms().get(term);
            if (now == null) {
                throw new MedleyException("watch: the objective reports no '" + term + "', only "
                        + String.join(", ", result.terms().keySet()) + "; mend the recipe");
            }
            sum += now;
            count++;
            if (count < window) {
                return false;
            }
            double mean = sum / count;
            sum = 0;
            count = 0;
            return result.step() >= after && Math.abs(mean - value) <= within;
        }
    }
}
