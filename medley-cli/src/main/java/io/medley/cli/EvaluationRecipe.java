package io.medley.cli;

import io.medley.NearNames;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** An evaluation written down: a YAML file with {@code kind: evaluation}, {@code model}, and flags of {@code medley evaluate} without dashes. */
final class EvaluationRecipe {
    private static final String KIND = "evaluation";

    private EvaluationRecipe() {}

    /** Whether an argument is meant to be one. */
    static boolean isOne(String argument) {
        return argument.toLowerCase(Locale.ROOT).matches(".*\\.ya?ml") && Files.isRegularFile(Path.of(argument));
    }

    /**
     * The arguments a file stands for: the model, then flags.
     *
     * @param command whose flags they are
     */
    static List<String> arguments(Path file, CommandSpec command) throws IOException {
        ObjectNode recipe = read(file);
        var kind = recipe.path("kind").asString("");
        if (!kind.equals(KIND)) {
            throw new MedleyException(file + ": " + (kind.isEmpty() ? "names no kind" : "is of kind '" + kind + "'")
                    + "; expected 'kind: " + KIND + "'. What a recipe has trained is evaluated by the run's directory");
        }
        var arguments = new ArrayList<String>();
        for (var setting : recipe.properties()) {
            switch (setting.getKey()) {
                case "kind" -> {}
                case "model" -> arguments.add(0, setting.getValue().asString());
                default -> flag(file, setting.getKey(), setting.getValue(), command, arguments);
            }
        }
        return arguments;
    }

    private static void flag(Path file, String name, JsonNode value, CommandSpec command, List<String> arguments) {
        var option = command.optionsMap().get("--" + name);
        if (option == null || option.usageHelp()) {
            var known = command.optionsMap().keySet().stream()
                    .filter(flag -> flag.startsWith("--"))
                    .map(flag -> flag.substring(2))
                    .toList();
            var near = NearNames.of(name, known);
            throw new MedleyException(file + ": there is no setting '" + name + "'"
                    + (near.isEmpty()
                            ? "; there are " + String.join(", ", known)
                            : "; did you mean " + String.join(" or ", near) + "?"));
        }
        if (value.isBoolean()) {
            if (value.asBoolean()) {
                arguments.add("--" + name);
            }
            return;
        }
        for (var one : value.isArray() ? value.valueStream().toList() : List.of(value)) {
            arguments.add("--" + name);
            arguments.add(one.asString());
        }
    }

    private static ObjectNode read(Path file) throws IOException {
        try {
            if (new YAMLMapper().readTree(Files.readString(file)) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw new MedleyException(file + ": is not YAML (" + e.getOriginalMessage() + ")", e);
        }
        throw new MedleyException(file + ": is no recipe; it needs lines like 'kind: evaluation' and 'task: caption'");
    }
}
