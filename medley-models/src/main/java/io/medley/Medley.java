package io.medley;

import io.medley.model.LoadOptions;
import io.medley.task.Model;

/** Loads models by name. */
public final class Medley {

    /** The model used when none is named: small, trained on Medley's own drawn scenes, part of this library. */
    public static final String DEFAULT_MODEL = "scenes";

    private Medley() {}

    /**
     * Loads a model; nothing is downloaded.
     *
     * @param nameOrDirectory an embedded model ({@code scenes}), a directory or checkpoint file, or a Hugging Face name
     *     ({@code Salesforce/blip-image-captioning-base}) that {@code medley pull} has put into the cache
     * @return a model the caller closes
     * @throws io.medley.tensor.MedleyException when there is no such model (near names are listed) or its files do not make one
     */
    public static Model load(String nameOrDirectory) {
        return load(nameOrDirectory, LoadOptions.DEFAULT);
    }

    /** Loads a model with another image size or first token; see {@link #load(String)}. */
    public static Model load(String nameOrDirectory, LoadOptions options) {
        return Models.registry().load(nameOrDirectory, options);
    }
}
