package io.medley.cli;

import io.medley.image.RgbImage;
import io.medley.scenes.Question;
import io.medley.task.Answer;
import io.medley.task.AnswerOptions;
import io.medley.task.Caption;
import io.medley.task.CaptionOptions;
import io.medley.task.Explainer;
import io.medley.task.Match;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medley demo}. */
@Command(
        name = "demo",
        description = {
            "Draw pictures, write them as PNG and JPEG files, and show on one page what the model sees in them.",
            "",
            "Captions (beam search and sampling), matches, answers and heat maps; nothing is downloaded."
        },
        sortOptions = false,
        footer = {"", "Example:", "  medley demo"})
final class DemoCommand implements Callable<Integer> {
    private static final int SAMPLES = 3;
    private final Session session;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "medley-demo",
            description = "Directory for pictures and page; made if need be. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("medley-demo");

    @Option(names = "--pictures", paramLabel = "N", defaultValue = "6", description = "How many pictures. Default: 6.")
    private int count = 6;

    @Option(
            names = "--first",
            paramLabel = "I",
            defaultValue = "0",
            description = "Number of the first test scene. Default: 0.")
    private long first;

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    DemoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (count < 1 || count > 100) {
            throw new MedleyException("--pictures is " + count + "; give a number from 1 to 100");
        }
        if (first < 0) {
            throw new MedleyException("--first is " + first + "; give a number of at least 0");
        }
        Path page = out.resolve("index.html");
        OutputFile.check(page);
        long start = System.nanoTime();
        DemoReport report = new DemoReport();
        try (Model loaded = model.load(session.registry())) {
            List<DemoPicture> pictures = DemoPictures.write(out.resolve("pictures"), count, first);
            show(loaded, pictures, report);
            double seconds = (System.nanoTime() - start) / 1e9;
            String html = report.html(loaded.name(), loaded.description(), seconds, pictures.size());
            OutputFile.write(page, html.getBytes(StandardCharsets.UTF_8));
        }
        announce(page, report);
        return Status.OK;
    }

    private void show(Model loaded, List<DemoPicture> pictures, DemoReport report) {
        List<RgbImage> images = pictures.stream().map(DemoPicture::image).toList();
        List<String> texts = pictures.stream().map(DemoPicture::caption).toList();
        List<List<Caption>> beam = loaded.captioner()
                .map(captioner -> captioner.caption(images, CaptionOptions.beam(3)))
                .orElse(List.of());
        List<List<Caption>> nucleus = loaded.captioner()
                .map(captioner -> captioner.caption(images, CaptionOptions.nucleus(0.9, SAMPLES, 1)))
                .orElse(List.of());
        List<List<Match>> matches =
                loaded.matcher().map(matcher -> matcher.grid(images, texts)).orElse(List.of());
        try (Progress progress = Progress.of(session.console(), "demo", pictures.size(), "pictures", 1)) {
            for (int i = 0; i < pictures.size(); i++) {
                DemoPicture picture = pictures.get(i);
                report.picture(picture);
                if (!beam.isEmpty()) {
                    report.captions("Caption, beam search", beam.get(i));
                    report.captions("Captions, nucleus sampling", nucleus.get(i));
                    session.console()
                            .say(picture.file() + ": " + beam.get(i).get(0).text());
                }
                if (!matches.isEmpty()) {
                    report.matches(texts, matches.get(i), i);
                }
                ask(loaded, picture, report);
                explain(loaded, picture, report);
                report.endPicture();
                progress.step(1);
            }
        }
    }

    private static void ask(Model loaded, DemoPicture picture, DemoReport report) {
        loaded.answerer().ifPresent(answerer -> {
            List<String> questions =
                    picture.questions().stream().map(Question::text).toList();
            List<RgbImage> images =
                    questions.stream().map(question -> picture.image()).toList();
            List<List<Answer>> answers = answerer.answer(images, questions, AnswerOptions.generate());
            for (int i = 0; i < questions.size(); i++) {
                report.answer(
                        questions.get(i),
                        answers.get(i).get(0),
                        picture.questions().get(i).answer());
            }
        });
    }

    private static void explain(Model loaded, DemoPicture picture, DemoReport report) {
        loaded.explainer()
                .filter(explainer -> explainer.supports(Explainer.Target.Matching.class))
                .ifPresent(explainer -> report.explanation(
                        picture.image(),
                        explainer.explain(picture.image(), new Explainer.Target.Matching(picture.caption()))));
    }

    private void announce(Path page, DemoReport report) {
        Path absolute = page.toAbsolutePath().normalize();
        if (json.json) {
            session.console()
                    .print(Json.object()
                            .put("page", absolute.toString())
                            .put("pictures", count)
                            .put("questions", report.asked())
                            .put("right", report.right()));
        } else {
            session.console().print("Open " + absolute.toUri());
        }
    }
}
