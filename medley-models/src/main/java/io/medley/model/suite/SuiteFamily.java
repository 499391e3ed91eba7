package io.medley.model.suite;

import io.medley.model.LoadOptions;
import io.medley.model.ModelFamily;
import io.medley.model.ModelFiles;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Recognises a directory by its {@code medley.json}:
 *
 * <pre>{@code
 * {"description": "…", "tasks": {"captioner": ["caption"], "matcher": ["pretrain"], "explainer": ["pretrain", "caption"]}}
 * }</pre>
 *
 * <p>The values name sub-directories, each a model of another system. A part is loaded when one of its tasks is first asked for.
 */
public final class SuiteFamily implements ModelFamily {
    private static final String FILE = "medley.json";
    private final List<ModelFamily> systems;

    /** @param systems what the parts may be */
    public SuiteFamily(List<ModelFamily> systems) {
        this.systems = List.copyOf(systems);
    }

    @Override
    public String name() {
        return "suite";
    }

    @Override
    public boolean recognises(ModelFiles files) {
        return files.file(FILE).isPresent();
    }

    @Override
    public Model load(ModelFiles files, LoadOptions options) throws IOException {
        JsonNode suite = files.json(FILE).orElseThrow();
        Map<TaskKind, List<String>> tasks = new EnumMap<>(TaskKind.class);
        for (Map.Entry<String, JsonNode> entry : suite.path("tasks").properties()) {
            List<String> parts = entry.getValue()
                    .valueStream()
                    .map(node -> node.asString(""))
                    .toList();
            for (String part : parts) {
                if (!part.matches("[A-Za-z0-9_-]{1,64}")
                        || !Files.isDirectory(files.path().resolve(part))) {
                    throw new MedleyException(files.path().resolve(FILE) + ": part \"" + part
                            + "\" is not a directory beside it; expected the plain name of one");
                }
            }
            if (parts.isEmpty()) {
                throw new MedleyException(files.path().resolve(FILE) + ": task \"" + entry.getKey()
                        + "\" needs a list of at least one part");
            }
            tasks.put(kind(files, entry.getKey()), parts);
        }
        return new SuiteModel(files, suite, tasks, part -> loadPart(files, part, options));
    }

    private Model loadPart(ModelFiles files, String part, LoadOptions options) throws IOException {
        ModelFiles partFiles =
                ModelFiles.at(files.name() + "/" + part, files.path().resolve(part));
        for (ModelFamily system : systems) {
            if (system.recognises(partFiles)) {
                return system.load(partFiles, options);
            }
        }
        throw new MedleyException(partFiles.path() + ": no known system recognises this part of " + files.name());
    }

    private static TaskKind kind(ModelFiles files, String name) {
        for (TaskKind kind : TaskKind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                return kind;
            }
        }
        throw new MedleyException(files.path().resolve(FILE) + ": \"" + name + "\" is not a task; expected one of "
                + Stream.of(TaskKind.values())
                        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ")));
    }
}
