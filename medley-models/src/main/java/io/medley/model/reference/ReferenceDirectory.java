package io.medley.model.reference;

import io.medley.checkpoint.Checkpoint;
import io.medley.model.ModelFiles;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * One directory of reference data, in either of its two forms: {@code config.json}, {@code model.safetensors}, {@code cases.safetensors},
 * {@code cases.json} and sometimes {@code grads.safetensors}, with upstream's own names; or what {@code save_pretrained} writes, with case
 * keys {@code <case>.in.*}, {@code <case>.out.*} and {@code <case>.mod.*}.
 */
public final class ReferenceDirectory implements AutoCloseable {
    private static final String CASES = "cases.safetensors";
    private static final List<String> METRICS = List.of("captions.json", "vqa.json", "retrieval.json");
    private final ModelFiles files;
    private final JsonNode cases;
    private final Map<String, Checkpoint> open = new LinkedHashMap<>();

    private ReferenceDirectory(ModelFiles files, JsonNode cases) {
        this.files = files;
        this.cases = cases;
    }

    /** Whether the path is such a directory; some hold only strings and ids, as {@code cases.json} or {@code cases.jsonl}. */
    public static boolean isOne(Path path) {
        return Stream.of(CASES, "cases.json", "cases.jsonl").anyMatch(name -> Files.isRegularFile(path.resolve(name)))
                || holdsMetrics(path);
    }

    /** Whether the path holds results of metrics, which come under names of their own. */
    public static boolean holdsMetrics(Path path) {
        return METRICS.stream().anyMatch(name -> Files.isRegularFile(path.resolve(name)))
                && !Files.exists(path.resolve(CASES));
    }

    /**
     * @throws MedleyException when it is not a reference directory, or its JSON is damaged
     */
    public static ReferenceDirectory open(Path path) {
        if (!isOne(path)) {
            throw new MedleyException(
                    path + ": not a reference directory (no " + CASES + ", cases.json or cases.jsonl)");
        }
        ModelFiles files = ModelFiles.at(path.toString(), path);
        return new ReferenceDirectory(files, files.json("cases.json").orElse(MissingNode.getInstance()));
    }

    public Path path() {
        return files.path();
    }

    /** The directory as the files of a model. */
    public ModelFiles files() {
        return files;
    }

    /** {@code config.json}; a missing node when there is none. */
    public JsonNode config() {
        return files.config().orElse(MissingNode.getInstance());
    }

    /** {@code cases.json}: strings and arguments; a missing node when there is none. */
    public JsonNode cases() {
        return cases;
    }

    /** The class of the original, from {@code config.json} or {@code cases.json}; the empty string when neither says. */
    public String upstreamClass() {
        String name = config().path("class").asString("");
        return name.isEmpty() ? cases.path("class").asString("") : name;
    }

    /** Repository and commit of the original, from {@code config.json} or {@code cases.json}; the empty string when neither says. */
    public String upstream() {
        String name = config().path("upstream").asString("");
        return name.isEmpty() ? cases.path("upstream").asString("") : name;
    }

    /** The weights, {@code model.safetensors}. */
    public Checkpoint weights() throws IOException {
        return tensors("model.safetensors");
    }

    /** Inputs and expected outputs, {@code cases.safetensors}; nothing where there is no such file. */
    public Checkpoint caseTensors() throws IOException {
        return files.file(CASES).isPresent() ? tensors(CASES) : Checkpoint.of(Map.of());
    }

    /** Files of tensors that no replay has opened. */
    List<String> unopened() throws IOException {
        try (var all = Files.list(path())) {
            return all.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".safetensors") && !open.containsKey(name))
                    .sorted()
                    .toList();
        }
    }

    /** Expected gradients, {@code grads.safetensors}, where there are any. */
    public Optional<Checkpoint> gradients() throws IOException {
        String name = "grads.safetensors";
        return files.file(name).isPresent() ? Optional.of(tensors(name)) : Optional.empty();
    }

    /** Another file of tensors by its plain name; stays open until this directory is closed. */
    public synchronized Checkpoint tensors(String fileName) throws IOException {
        Checkpoint known = open.get(fileName);
        if (known == null) {
            known = Checkpoint.open(files.require(fileName));
            open.put(fileName, known);
        }
        return known;
    }

    /** Lets go of all files. */
    @Override
    public synchronized void close() {
        open.values().forEach(Checkpoint::close);
        open.clear();
    }
}
