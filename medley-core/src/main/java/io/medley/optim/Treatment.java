package io.medley.optim;

import io.medley.tensor.MedleyException;

/**
 * How the optimizer treats a parameter.
 *
 * @param rateFactor its learning rate as a multiple of the schedule's; 0 or more
 * @param decays whether weight decay pulls it towards zero
 */
public record Treatment(double rateFactor, boolean decays) {
    public Treatment {
        if (!(rateFactor >= 0) || Double.isInfinite(rateFactor)) {
            throw new MedleyException("learning-rate factor " + rateFactor + ": give a number of 0 or more");
        }
    }
}
