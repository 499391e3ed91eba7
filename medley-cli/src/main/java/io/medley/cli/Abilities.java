package io.medley.cli;

import io.medley.task.Model;
import java.util.ArrayList;
import java.util.List;

/** Names what a model can do, by the commands it serves. */
final class Abilities {
    private Abilities() {}

    /** For example {@code caption, explain}; {@code nothing} when it offers no task. */
    static String of(Model model) {
        List<String> names = list(model);
        return names.isEmpty() ? "nothing" : String.join(", ", names);
    }

    static List<String> list(Model model) {
        List<String> names = new ArrayList<>();
        model.captioner().ifPresent(task -> names.add("caption"));
        model.matcher().ifPresent(task -> names.add("match"));
        model.answerer().ifPresent(task -> names.add("ask"));
        if (model.classifier().isPresent() || model.categorizer().isPresent()) {
            names.add("classify");
        }
        model.embedder().ifPresent(task -> names.add("embed"));
        if (model.pairJudge().isPresent()) {
            names.add("evaluate --task nlvr2");
        }
        model.explainer().ifPresent(task -> names.add("explain"));
        model.imageGenerator().ifPresent(task -> names.add("generate"));
        return names;
    }
}
