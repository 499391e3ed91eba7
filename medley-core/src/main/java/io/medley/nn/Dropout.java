package io.medley.nn;

import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Zeroes elements at random while training and scales the others up, so that their mean stays.
 *
 * @param probability of an element to become 0, in [0, 1)
 */
public record Dropout(double probability) {
    public Dropout {
        if (!(probability >= 0 && probability < 1)) {
            throw new MedleyException("dropout: probability " + probability + " must be 0 or more and below 1");
        }
    }

    /** @param generator draws what is dropped; null when the network is used and not trained: nothing is */
    public Tensor forward(Tensor x, @Nullable Generator generator) {
        return generator == null || probability == 0
                ? x
                : x.mul(generator.bernoulli(1 - probability, x.shape())).mul(1 / (1 - probability));
    }
}
