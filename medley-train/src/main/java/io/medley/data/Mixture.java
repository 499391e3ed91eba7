package io.medley.data;

import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.List;

/**
 * Data sets to draw from, each with its share of the samples. A small set with a large share is gone through more often than a large one.
 *
 * @param parts at least one
 */
public record Mixture<T>(List<Part<T>> parts) {
    /**
     * A data set and its share.
     *
     * @param share of the samples drawn, relative to those of the others; more than 0
     */
    public record Part<T>(Dataset<T> dataset, double share) {
        public Part {
            if (!(share > 0) || Double.isInfinite(share)) {
                throw new MedleyException(dataset.name() + ": share " + share + " of the mixture: must be more than 0");
            }
        }
    }

    public Mixture {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new MedleyException("mixture: no data sets in it; name at least one");
        }
    }

    /** One data set. */
    public static <T> Mixture<T> of(Dataset<T> dataset) {
        return new Mixture<>(List.of(new Part<>(dataset, 1)));
    }

    /** The names and shares, on one line. */
    public String name() {
        var names = new ArrayList<String>();
        for (Part<T> part : parts) {
            names.add(
                    parts.size() == 1
                            ? part.dataset().name()
                            : part.share() + " × " + part.dataset().name());
        }
        return String.join(" + ", names);
    }
}
