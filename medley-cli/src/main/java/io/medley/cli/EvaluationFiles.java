package io.medley.cli;

import io.medley.evaluate.Evaluation;
import io.medley.evaluate.Picture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An evaluation on standard output and as files: {@code evaluation.json}, {@code samples.jsonl}, {@code index.html}. */
final class EvaluationFiles {
    private EvaluationFiles() {}

    /** Figures one below the other, names to the left. */
    static void print(Console console, Evaluation evaluation) {
        int width = evaluation.figures().keySet().stream()
                .mapToInt(String::length)
                .max()
                .orElse(0);
        evaluation
                .figures()
                .forEach((name, value) ->
                        console.print(String.format(Locale.ROOT, "%-" + width + "s  %10.4f", name, value)));
    }

    /** Model, data, number of samples and figures. */
    static ObjectNode json(Evaluation evaluation, String model, String data) {
        var json = Json.object()
                .put("task", evaluation.task())
                .put("model", model)
                .put("data", data)
                .put("samples", evaluation.items().size());
        var figures = json.putObject("figures");
        evaluation.figures().forEach((name, value) -> Json.put(figures, name, value));
        if (!evaluation.notes().isEmpty()) {
            evaluation.notes().forEach(json.putArray("notes")::add);
        }
        return json;
    }

    static void write(Path folder, Evaluation evaluation, String model, String data) throws IOException {
        OutputFile.write(folder.resolve("samples.jsonl"), out -> {
            for (var item : evaluation.items()) {
                out.write((line(item) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
        OutputFile.write(
                folder.resolve("index.html"),
                EvaluationPage.html(evaluation, model, data).getBytes(StandardCharsets.UTF_8));
        OutputFile.write(
                folder.resolve("evaluation.json"),
                (json(evaluation, model, data).toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode line(Evaluation.Item item) {
        var json = Json.object().put("key", item.key());
        Json.put(json, "score", item.score());
        List<String> names = item.pictures().stream().map(Picture::name).toList();
        names.forEach(json.putArray("pictures")::add);
        for (Map.Entry<String, Object> fact : item.facts().entrySet()) {
            if (fact.getValue() instanceof Double number) {
                Json.put(json, fact.getKey(), number);
            } else {
                json.set(fact.getKey(), JsonMapper.shared().valueToTree(fact.getValue()));
            }
        }
        return json;
    }
}
