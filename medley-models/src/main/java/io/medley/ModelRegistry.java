package io.medley;

import io.medley.hub.HubCache;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFamily;
import io.medley.model.ModelFiles;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds a model by name and lets the first system that recognises it load it. Immutable. */
public final class ModelRegistry {
    private final List<ModelFamily> families;
    private final List<String> embedded;
    private final List<PublishedModel> published;
    private final HubCache cache;

    public ModelRegistry(
            List<ModelFamily> families, List<String> embedded, List<PublishedModel> published, HubCache cache) {
        this.families = List.copyOf(families);
        this.embedded = List.copyOf(embedded);
        this.published = List.copyOf(published);
        this.cache = cache;
    }

    public List<ModelFamily> families() {
        return families;
    }

    public List<String> embedded() {
        return embedded;
    }

    /** Whether an embedded model's weights are really in this build. */
    public boolean carries(String name) {
        return embedded.contains(name) && EmbeddedModels.has(name);
    }

    public List<PublishedModel> published() {
        return published;
    }

    public HubCache cache() {
        return cache;
    }

    /** Loads a model; see {@link Medley#load(String)}. */
    public Model load(String name, LoadOptions options) {
        ModelFiles files = find(name);
        try {
            return family(files).load(files, options);
        } catch (IOException e) {
            throw new MedleyException(name + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** The system these files belong to. */
    public ModelFamily family(ModelFiles files) {
        for (ModelFamily family : families) {
            if (family.recognises(files)) {
                return family;
            }
        }
        throw new MedleyException(files.path() + ": no known system recognises this model (" + evidence(files)
                + "); known systems: "
                + String.join(", ", families.stream().map(ModelFamily::name).toList()));
    }

    /**
     * The files of a model: an embedded name first, then a path that exists, then a published name in the cache.
     *
     * @throws MedleyException when there is none, with near names
     */
    public ModelFiles find(String name) {
        if (name.isBlank()) {
            throw new MedleyException("the model's name is empty; known models: " + String.join(", ", names()));
        }
        if (embedded.contains(name)) {
            try {
                return ModelFiles.at(name, EmbeddedModels.directory(name));
            } catch (IOException e) {
                throw new MedleyException(name + ": the embedded model cannot be read (" + e.getMessage() + ")", e);
            }
        }
        Optional<Path> path = existing(name);
        if (path.isPresent()) {
            return ModelFiles.at(name, path.get());
        }
        String repository = fullName(name);
        Optional<Path> snapshot = cache.snapshot(repository);
        if (snapshot.isPresent()) {
            return ModelFiles.at(repository, snapshot.get());
        }
        throw unknown(name, repository);
    }

    /** {@code blip-vqa-base} → {@code Salesforce/blip-vqa-base}; any other name unchanged. */
    public String fullName(String name) {
        for (PublishedModel model : published) {
            if (model.name().endsWith("/" + name)) {
                return model.name();
            }
        }
        return name;
    }

    private MedleyException unknown(String name, String repository) {
        if (published.stream().anyMatch(model -> model.name().equals(repository))) {
            return new MedleyException(
                    repository + ": not in the cache (" + cache.root() + "); run: medley pull " + repository);
        }
        List<String> near = NearNames.of(name, names());
        String hint = near.isEmpty()
                ? "known models: " + String.join(", ", names())
                : "did you mean " + String.join(" or ", near) + "?";
        return new MedleyException(name + ": no such model, directory or file; " + hint);
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(embedded);
        published.forEach(model -> names.add(model.name()));
        for (String cached : cache.repositories()) {
            if (!names.contains(cached)) {
                names.add(cached);
            }
        }
        return names;
    }

    private static Optional<Path> existing(String name) {
        try {
            Path path = Path.of(name);
            return Files.exists(path) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static String evidence(ModelFiles files) {
        if (files.config().isEmpty()) {
            return Files.isDirectory(files.path()) ? "no config.json in it" : "a single file";
        }
        String type = files.configText("model_type");
        String upstream = files.configText("class");
        return type.isEmpty() && upstream.isEmpty()
                ? "its config.json names neither model_type nor class"
                : "its config.json says " + (type.isEmpty() ? "class " + upstream : "model_type " + type);
    }
}
