package io.medley.recipe;

import io.medley.scenes.SceneSplit;
import io.medley.task.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.ObjectMapper;

/** Writes down what a training of the embedded model came to: loss curves and figures on the test and compositional splits. */
public final class ScenesReport {
    /** Written last. */
    public static final String FILE = "evaluation.md";

    private ScenesReport() {}

    /**
     * Evaluates a model and writes {@code evaluation.json} and {@code evaluation.md}.
     *
     * @param count samples of each split
     */
    public static void write(Model model, int imageSize, int count, Path folder, Consumer<String> say)
            throws IOException {
        var evaluation = new ScenesEvaluation(model, imageSize);
        say.accept("evaluating " + count + " samples of the test split and as many of the compositional split");
        var test = evaluation.run(SceneSplit.TEST, count);
        var other = evaluation.run(SceneSplit.COMPOSITIONAL, count);
        replace(
                folder.resolve("evaluation.json"),
                new ObjectMapper()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(Map.of("test", test, "compositional", other)));
        var table = table(test, other);
        replace(folder.resolve(FILE), table);
        say.accept(table);
    }

    private static String table(Map<String, Double> test, Map<String, Double> other) {
        var table = new StringBuilder("| figure | test | compositional |\n|---|---|---|\n");
        test.forEach((name, value) -> table.append(String.format(
                Locale.ROOT, "| %s | %.3f | %.3f |%n", name, value, other.getOrDefault(name, Double.NaN))));
        return table.toString();
    }

    private static void replace(Path file, String text) throws IOException {
        var temporary = file.resolveSibling("." + file.getFileName());
        Files.writeString(temporary, text);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
