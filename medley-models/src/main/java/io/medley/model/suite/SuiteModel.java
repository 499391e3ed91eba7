package io.medley.model.suite;

import io.medley.model.ModelFiles;
import io.medley.task.Answerer;
import io.medley.task.Captioner;
import io.medley.task.Classifier;
import io.medley.task.Embedder;
import io.medley.task.Explainer;
import io.medley.task.Matcher;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Several models behind one handle; each is loaded when first needed. */
final class SuiteModel implements Model {

    /** Loads one part by its name. */
    interface PartLoader {
        Model load(String part) throws IOException;
    }

    private final ModelFiles files;
    private final JsonNode suite;
    private final Map<TaskKind, List<String>> tasks;
    private final PartLoader loader;
    private final Map<String, Model> loaded = new LinkedHashMap<>();
    private boolean closed;

    SuiteModel(ModelFiles files, JsonNode suite, Map<TaskKind, List<String>> tasks, PartLoader loader) {
        this.files = files;
        this.suite = suite;
        this.tasks = tasks;
        this.loader = loader;
    }

    @Override
    public String name() {
        return files.name();
    }

    @Override
    public String description() {
        return suite.path("description").asString("");
    }

    @Override
    public String config() {
        return suite.toPrettyString();
    }

    /** Of all parts, which loads them. */
    @Override
    public long parameters() {
        return tasks.values().stream()
                .flatMap(List::stream)
                .distinct()
                .mapToLong(part -> part(part).parameters())
                .sum();
    }

    @Override
    public Optional<Captioner> captioner() {
        return first(TaskKind.CAPTIONER, Model::captioner);
    }

    @Override
    public Optional<Matcher> matcher() {
        return first(TaskKind.MATCHER, Model::matcher);
    }

    @Override
    public Optional<Answerer> answerer() {
        return first(TaskKind.ANSWERER, Model::answerer);
    }

    @Override
    public Optional<Embedder> embedder() {
        return first(TaskKind.EMBEDDER, Model::embedder);
    }

    @Override
    public Optional<Classifier> classifier() {
        return first(TaskKind.CLASSIFIER, Model::classifier);
    }

    @Override
    public Optional<Explainer> explainer() {
        List<Explainer> explainers = new ArrayList<>();
        for (String part : tasks.getOrDefault(TaskKind.EXPLAINER, List.of())) {
            part(part).explainer().ifPresent(explainers::add);
        }
        return explainers.isEmpty() ? Optional.empty() : Optional.of(new SuiteExplainer(explainers));
    }

    @Override
    public synchronized void close() {
        closed = true;
        loaded.values().forEach(Model::close);
        loaded.clear();
    }

    private <T> Optional<T> first(TaskKind kind, Function<Model, Optional<T>> task) {
        for (String part : tasks.getOrDefault(kind, List.of())) {
            Optional<T> found = task.apply(part(part));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private synchronized Model part(String name) {
        if (closed) {
            throw new IllegalStateException(files.name() + " is closed");
        }
        Model model = loaded.get(name);
        if (model == null) {
            try {
                model = loader.load(name);
            } catch (IOException e) {
                throw new MedleyException(files.path().resolve(name) + ": cannot be read (" + e.getMessage() + ")", e);
            }
            loaded.put(name, model);
        }
        return model;
    }
}
