package io.medley.model;

import io.medley.task.Model;
import java.io.IOException;

/**
 * One system: how it recognises its files and how it loads them. Every system has one implementation, listed in
 * {@code io.medley.Models}; nothing is discovered by reflection. Implementations are stateless and thread-safe.
 */
public interface ModelFamily {

    /** The system's name, for example {@code blip}. */
    String name();

    /** Whether these files are of this system; reads the configuration (or a checkpoint's header) only, never the weights. */
    boolean recognises(ModelFiles files);

    /**
     * Loads the model.
     *
     * @throws IOException when a file cannot be read
     * @throws io.medley.tensor.MedleyException when the files do not make a model: one line that says which file, what was found and
     *     what was expected
     */
    Model load(ModelFiles files, LoadOptions options) throws IOException;
}
