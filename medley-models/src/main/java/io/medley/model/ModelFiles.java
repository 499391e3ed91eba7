package io.medley.model;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The files of one model: a directory, or a single checkpoint file (original {@code .pth} files come alone).
 *
 * <p>Safe to ask many questions of: the configuration is read once.
 */
public final class ModelFiles {
    // Python writes Infinity and NaN, which JSON does not have.
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private static final long LARGEST_CONFIG = 16L << 20;

    /** Where weights are looked for in a directory, the safest and fastest form first. */
    private static final List<String> WEIGHTS = List.of(
            "model.safetensors",
            "model.safetensors.index.json",
            "pytorch_model.bin",
            "pytorch_model.bin.index.json",
            "checkpoint.pth",
            "model.pth");

    private final String name;
    private final Path path;
    private final Optional<JsonNode> config;

    private ModelFiles(String name, Path path, Optional<JsonNode> config) {
        this.name = name;
        this.path = path;
        this.config = config;
    }

    /**
     * Looks at a directory or file.
     *
     * @param name what the user called the model; used in messages and as the model's name
     * @throws MedleyException when there is no such file, or {@code config.json} is not JSON
     */
    public static ModelFiles at(String name, Path path) {
        if (!Files.exists(path)) {
            throw new MedleyException(path + ": no such file or directory");
        }
        Path configFile = path.resolve("config.json");
        boolean hasConfig = Files.isDirectory(path) && Files.isRegularFile(configFile);
        return new ModelFiles(name, path, hasConfig ? Optional.of(readJson(configFile)) : Optional.empty());
    }

    /** What the user called the model. */
    public String name() {
        return name;
    }

    /** The directory, or the single file. */
    public Path path() {
        return path;
    }

    /** The parsed {@code config.json}; empty when there is none. */
    public Optional<JsonNode> config() {
        return config;
    }

    /** A string of {@code config.json} at its top level, or the empty string. */
    public String configText(String key) {
        return config.map(node -> node.path(key).asString("")).orElse("");
    }

    /** A file of the directory by its plain name, if it is there. */
    public Optional<Path> file(String fileName) {
        if (fileName.contains("/") || fileName.contains("\\") || fileName.equals("..")) {
            throw new MedleyException(path + ": \"" + fileName + "\" is not a plain file name");
        }
        Path file = path.resolve(fileName);
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /** A file of the directory by its plain name; an error that names it when it is missing. */
    public Path require(String fileName) {
        return file(fileName)
                .orElseThrow(() -> new MedleyException(
                        path + ": " + fileName + " is missing; a complete model directory is needed"));
    }

    /** A JSON file of the directory, if it is there. */
    public Optional<JsonNode> json(String fileName) {
        return file(fileName).map(ModelFiles::readJson);
    }

    /**
     * The weights: the single file, or the first in the directory of model.safetensors, model.safetensors.index.json,
     * pytorch_model.bin, pytorch_model.bin.index.json, checkpoint.pth, model.pth.
     */
    public Path weights() {
        if (!Files.isDirectory(path)) {
            return path;
        }
        for (String candidate : WEIGHTS) {
            Path file = path.resolve(candidate);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new MedleyException(path + ": no weights; expected one of " + String.join(", ", WEIGHTS));
    }

    private static JsonNode readJson(Path file) {
        try {
            long size = Files.size(file);
            if (size > LARGEST_CONFIG) {
                throw new MedleyException(
                        file + ": " + size + " bytes is too large for a JSON file of a model (16 MB at most)");
            }
            return JSON.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new MedleyException(file + ": not valid JSON (" + e.getOriginalMessage() + ")", e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read", e);
        }
    }
}
