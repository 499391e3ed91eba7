package io.medley.cli;

import io.medley.task.Categorizer;
import io.medley.task.Classifier;
import io.medley.task.LabelScore;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code medley classify}. */
@Command(
        name = "classify",
        description = "Choose among labels the model was not trained on (zero-shot classification).",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley classify photo.jpg --labels cat,dog,boat",
            "  medley classify photos/ --labels cat,dog --template 'a drawing of a {}' --json"
        })
final class ClassifyCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private ImageOptions images = new ImageOptions();

    @Option(
            names = "--labels",
            paramLabel = "A,B,C",
            description = "The labels. A model that was tuned on categories needs none: it chooses among these.")
    private String labels = "";

    @Option(
            names = "--template",
            paramLabel = "TEXT",
            description =
                    "Sentence in which {} stands for the label; may be given several times. Default: 'a picture of a {}'.")
    private List<String> templates = new ArrayList<>();

    @Mixin
    private TaskOptions common = new TaskOptions();

    ClassifyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Optional<List<String>> names =
                labels.isEmpty() ? Optional.empty() : Optional.of(Texts.list(labels, "--labels"));
        InputFiles files = images.files();
        try (Model loaded = common.load(session.registry())) {
            return new ImageRun(session, "classify", common.json())
                    .run(files, images.batch, scorer(loaded, names), this::print);
        }
    }

    private ImageRun.Work<List<LabelScore>> scorer(Model loaded, Optional<List<String>> names) {
        if (names.isPresent()) {
            List<String> sentences = templates.isEmpty() ? Classifier.DEFAULT_TEMPLATES : templates;
            Classifier classifier = ModelOptions.task(loaded, "classify", Model::classifier);
            return pictures -> classifier.classify(pictures, names.get(), sentences);
        }
        Categorizer categorizer = loaded.categorizer()
                .orElseThrow(() -> new MedleyException(
                        loaded.name() + ": was not trained on categories; name some with --labels cat,dog"));
        return pictures -> categorizer.categorize(pictures, Collections.nCopies(pictures.size(), ""));
    }

    private void print(Path file, List<LabelScore> scores) {
        if (common.json()) {
            session.console().print(object(file, scores));
            return;
        }
        session.console().print(OneLine.of(file.toString()));
        for (LabelScore score : scores) {
            session.console().print(String.format(Locale.ROOT, "  %.4f  %s", score.probability(), score.label()));
        }
    }

    private static ObjectNode object(Path file, List<LabelScore> scores) {
        ObjectNode object = Json.object().put("file", file.toString());
        ArrayNode array = object.putArray("labels");
        for (LabelScore score : scores) {
            Json.put(array.addObject().put("label", score.label()), "probability", score.probability());
        }
        return object;
    }
}
