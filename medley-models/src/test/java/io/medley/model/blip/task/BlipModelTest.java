package io.medley.model.blip.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.image.RgbImage;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFiles;
import io.medley.model.blip.BlipConfig;
import io.medley.task.AnswerOptions;
import io.medley.task.Caption;
import io.medley.task.CaptionOptions;
import io.medley.task.Explainer;
import io.medley.task.Match;
import io.medley.task.Model;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every task on Medley's own directories, with tiny random weights. */
class BlipModelTest {
    private static final List<String> TEXTS =
            List.of("a red cat", "two dogs on the grass", "blue", "the dog is on the cat");
    private static final List<RgbImage> PICTURES =
            IntStream.range(0, 5).mapToObj(TinyBlip::picture).toList();

    @TempDir
    private static Path folder;

    @BeforeAll
    static void write() throws IOException {
        Engine.setThreads(1); // tiny tensors: several threads only wait for each other
        TinyBlip.write(
                folder.resolve("both"), TinyBlip.config(""), BlipDirectory.Part.PRETRAIN, BlipDirectory.Part.VQA);
        TinyBlip.write(folder.resolve("caption"), TinyBlip.config("a picture of "), BlipDirectory.Part.CAPTION);
        TinyBlip.write(folder.resolve("itm"), TinyBlip.config(""), BlipDirectory.Part.ITM);
    }

    private static Model load(String name) throws IOException {
        return load(name, LoadOptions.DEFAULT);
    }

    private static Model load(String name, LoadOptions options) throws IOException {
        var files = ModelFiles.at(name, folder.resolve(name));
        var family = new BlipFamily();
        assertThat(family.recognises(files)).isTrue();
        return family.load(files, options);
    }

    @Test
    void offersTheTasksItHasWeightsFor() throws IOException {
        try (var both = load("both");
                var caption = load("caption");
                var itm = load("itm")) {
            assertThat(both.captioner()).isPresent();
            assertThat(both.matcher()).isPresent();
            assertThat(both.answerer()).isPresent();
            assertThat(both.embedder()).isPresent();
            assertThat(both.classifier()).isPresent();
            assertThat(caption.captioner()).isPresent();
            assertThat(caption.matcher()).isEmpty();
            assertThat(caption.answerer()).isEmpty();
            assertThat(itm.captioner()).isEmpty();
            assertThat(itm.matcher()).isPresent();
            var explainer = itm.explainer().orElseThrow();
            assertThat(explainer.supports(Explainer.Target.Matching.class)).isTrue();
            assertThat(explainer.supports(Explainer.Target.Captioning.class)).isFalse();
            assertThat(both.description()).isEqualTo("BLIP, 32 px, vision 2 x 24, text 3 x 24");
            assertThat(both.config()).contains("\"embed_dim\"");
            assertThat(both.parameters()).isGreaterThan(both.parameters() - itm.parameters());
        }
    }

    @Test
    void captionsDoNotDependOnTheBatch() throws IOException {
        var nucleus = CaptionOptions.nucleus(0.9, 3, 11).withLengths(3, 12);
        var beam = CaptionOptions.beam(3).withLengths(3, 12).withSamples(2);
        try (var model = load("both")) {
            var captioner = model.captioner().orElseThrow();
            for (var options : List.of(nucleus, beam, CaptionOptions.greedy().withLengths(3, 12))) {
                var together = captioner.caption(PICTURES, options);
                assertThat(together).hasSize(PICTURES.size());
                for (int i = 0; i < PICTURES.size(); i++) {
                    var alone = captioner.caption(PICTURES.get(i), options);
                    assertThat(texts(alone)).isEqualTo(texts(together.get(i))).hasSize(options.samples());
                    for (int k = 0; k < alone.size(); k++) {
                        assertThat(alone.get(k).score())
                                .isLessThan(0)
                                .isCloseTo(together.get(i).get(k).score(), within(1e-4));
                    }
                }
            }
            assertThat(captioner.caption(List.of(), beam)).isEmpty();
            assertThat(texts(captioner.caption(PICTURES.get(0), nucleus.withSeed(12))))
                    .isNotEqualTo(texts(captioner.caption(PICTURES.get(0), nucleus)));
        }
    }

    private static List<String> texts(List<Caption> captions) {
        return captions.stream().map(Caption::text).toList();
    }

    @Test
    void promptIsFollowedAndNotReturned() throws IOException {
        try (var model = load("caption")) {
            var captioner = model.captioner().orElseThrow();
            var greedy = CaptionOptions.greedy().withLengths(3, 16);
            var usual = captioner.caption(PICTURES.get(0), greedy).get(0);
            assertThat(captioner
                            .caption(PICTURES.get(0), greedy.withPrompt("a picture of "))
                            .get(0))
                    .isEqualTo(usual);
            assertThat(captioner.caption(PICTURES.get(0), greedy.withPrompt("")).get(0))
                    .isNotEqualTo(usual);
            assertThat(usual.text()).doesNotStartWith("a picture of");
            assertThatThrownBy(() -> captioner.caption(PICTURES.get(0), greedy.withLengths(3, 41)))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("41 tokens")
                    .hasMessageContaining("40 positions");
        }
    }

    @Test
    void streamedPiecesMakeTheCaption() throws IOException {
        try (var model = load("both")) {
            var captioner = model.captioner().orElseThrow();
            for (var options : List.of(
                    CaptionOptions.greedy().withLengths(5, 20),
                    CaptionOptions.nucleus(1, 1, 3).withLengths(8, 20))) {
                var pieces = new ArrayList<String>();
                var streamed = captioner.stream(PICTURES.get(1), options, pieces::add);
                assertThat(String.join("", pieces)).isEqualTo(streamed.text());
                assertThat(pieces).hasSizeGreaterThan(2);
                assertThat(streamed)
                        .isEqualTo(captioner.caption(PICTURES.get(1), options).get(0));
            }
            assertThatThrownBy(() -> captioner.stream(PICTURES.get(1), CaptionOptions.beam(3), piece -> {}))
                    .isInstanceOf(MedleyException.class);
            assertThatThrownBy(() -> captioner.stream(PICTURES.get(1), CaptionOptions.greedy(), piece -> model.close()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("within");
        }
    }

    @Test
    void gridPairsAndEmbeddingsAgree() throws IOException {
        try (var model = load("both")) {
            var matcher = model.matcher().orElseThrow();
            var grid = matcher.grid(PICTURES, TEXTS);
            var embedder = model.embedder().orElseThrow();
            float[][] images = embedder.images(PICTURES);
            float[][] texts = embedder.texts(TEXTS);
            assertThat(embedder.space().dimension()).isEqualTo(16);
            assertThat(embedder.space().normalised()).isTrue();
            var pictures = new ArrayList<RgbImage>();
            var captions = new ArrayList<String>();
            for (var picture : PICTURES) {
                for (var text : TEXTS) {
                    pictures.add(picture);
                    captions.add(text);
                }
            }
            var pairs = matcher.pairs(pictures, captions);
            for (int i = 0; i < PICTURES.size(); i++) {
                for (int j = 0; j < TEXTS.size(); j++) {
                    var match = grid.get(i).get(j);
                    close(match, pairs.get(i * TEXTS.size() + j));
                    close(
                            match,
                            matcher.pairs(List.of(PICTURES.get(i)), List.of(TEXTS.get(j)))
                                    .get(0));
                    double dot = 0;
                    for (int d = 0; d < 16; d++) {
                        dot += images[i][d] * texts[j][d];
                    }
                    assertThat(match.cosine()).isCloseTo(dot, within(1e-5));
                    assertThat(match.probability()).isBetween(0.0, 1.0);
                }
            }
            assertThat(grid.stream()
                            .flatMap(List::stream)
                            .map(Match::probability)
                            .distinct())
                    .hasSizeGreaterThan(10);
        }
    }

    private static void close(Match a, Match b) {
        assertThat(a.cosine()).isCloseTo(b.cosine(), within(1e-5));
        assertThat(a.probability()).isCloseTo(b.probability(), within(1e-5));
    }

    @Test
    void firstTokenOfMatchingIsAnOption() throws IOException {
        try (var enc = load("itm");
                var cls = load("itm", new LoadOptions(0, true))) {
            var a = enc.matcher()
                    .orElseThrow()
                    .pairs(PICTURES.subList(0, 1), TEXTS.subList(0, 1))
                    .get(0);
            var b = cls.matcher()
                    .orElseThrow()
                    .pairs(PICTURES.subList(0, 1), TEXTS.subList(0, 1))
                    .get(0);
            assertThat(a.cosine()).isEqualTo(b.cosine());
            assertThat(a.probability()).isNotCloseTo(b.probability(), within(1e-5));
        }
    }

    @Test
    void longTextsAreCutTo35Tokens() throws IOException {
        try (var model = load("both")) {
            var words = "cat dog red ".repeat(20).strip();
            var kept = "cat dog red ".repeat(11).strip();
            var matcher = model.matcher().orElseThrow();
            close(
                    matcher.pairs(PICTURES.subList(0, 1), List.of(words)).get(0),
                    matcher.pairs(PICTURES.subList(0, 1), List.of(kept)).get(0));
            var answerer = model.answerer().orElseThrow();
            var options = AnswerOptions.rank(List.of("yes", "no"));
            assertThat(answerer.answer(PICTURES.get(0), words, options).get(0).score())
                    .isCloseTo(
                            answerer.answer(PICTURES.get(0), kept, options)
                                    .get(0)
                                    .score(),
                            within(1e-5));
        }
    }

    @Test
    void answersAreRankedAndWritten() throws IOException {
        var candidates = List.of("yes", "no", "two cats", "red", "a blue dog on the grass");
        try (var model = load("both")) {
            var answerer = model.answerer().orElseThrow();
            var images = List.of(PICTURES.get(0), PICTURES.get(0), PICTURES.get(1));
            var questions = List.of("what color is the cat?", "is the dog on the grass?", "what is on the grass?");
            var ranked = answerer.answer(images, questions, AnswerOptions.rank(candidates));
            var free =
                    answerer.answer(images, questions, AnswerOptions.generate().withTop(2));
            for (int i = 0; i < images.size(); i++) {
                assertThat(ranked.get(i)).hasSize(5);
                assertThat(ranked.get(i).stream()
                                .mapToDouble(a -> a.probability())
                                .sum())
                        .isCloseTo(1, within(1e-9));
                assertThat(ranked.get(i)).isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()));
                assertThat(ranked.get(i).get(0).score()).isLessThan(0);
                assertThat(free.get(i)).hasSize(2);
                assertThat(free.get(i).get(0).probability())
                        .isCloseTo(Math.exp(free.get(i).get(0).score()), within(1e-12));
                var alone = answerer.answer(images.get(i), questions.get(i), AnswerOptions.rank(candidates));
                for (int k = 0; k < 5; k++) {
                    assertThat(alone.get(k).text())
                            .isEqualTo(ranked.get(i).get(k).text());
                    assertThat(alone.get(k).score())
                            .isCloseTo(ranked.get(i).get(k).score(), within(1e-4));
                }
                assertThat(answerer.answer(images.get(i), questions.get(i), AnswerOptions.generate())
                                .get(0)
                                .text())
                        .isEqualTo(free.get(i).get(0).text());
            }
            assertThat(answerer.answer(
                            PICTURES.get(0),
                            questions.get(0),
                            AnswerOptions.rank(candidates).withTop(2)))
                    .isEqualTo(answerer.answer(PICTURES.get(0), questions.get(0), AnswerOptions.rank(candidates))
                            .subList(0, 2));
        }
    }

    @Test
    void manyCandidatesAreFilteredByTheirFirstToken() throws IOException {
        var candidates = new ArrayList<String>();
        for (var first : List.of("a", "red", "blue", "cat", "dog", "on", "the", "yes", "no", "two")) {
            for (var second : TinyBlip.WORDS.subList(0, 15)) {
                candidates.add(first + " " + second);
            }
        }
        try (var model = load("both")) {
            var answerer = model.answerer().orElseThrow();
            var all = answerer.answer(PICTURES.get(0), "what is on the grass?", AnswerOptions.rank(candidates));
            var best = answerer.answer(
                    PICTURES.get(0),
                    "what is on the grass?",
                    AnswerOptions.rank(candidates).withTop(150));
            assertThat(all).hasSize(150).isEqualTo(best);
            var few = answerer.answer(
                    PICTURES.get(0),
                    "what is on the grass?",
                    AnswerOptions.rank(candidates).withTop(1));
            assertThat(few).hasSize(1);
            assertThat(few.get(0).probability())
                    .isGreaterThanOrEqualTo(all.stream()
                            .filter(a -> a.text().equals(few.get(0).text()))
                            .findFirst()
                            .orElseThrow()
                            .probability());
        }
    }

    @Test
    void classifiesIntoProbabilities() throws IOException {
        try (var model = load("itm")) {
            var scores = model.classifier()
                    .orElseThrow()
                    .classify(PICTURES, List.of("cat", "dog", "grass"), List.of("a picture of a {}", "the {}"));
            assertThat(scores).hasSize(5).allSatisfy(labels -> {
                assertThat(labels).hasSize(3);
                assertThat(labels.stream().mapToDouble(l -> l.probability()).sum())
                        .isCloseTo(1, within(1e-9));
            });
        }
    }

    @Test
    void threadsGetTheAnswersOfOne() throws Exception {
        try (var model = load("both")) {
            var captioner = model.captioner().orElseThrow();
            var matcher = model.matcher().orElseThrow();
            var explainer = model.explainer().orElseThrow();
            var options = CaptionOptions.nucleus(0.9, 2, 5).withLengths(3, 10);
            var target = new Explainer.Target.Matching("a red cat");
            var captions = captioner.caption(PICTURES, options);
            var matches = matcher.grid(PICTURES, TEXTS);
            var map = explainer.explain(PICTURES.get(0), target).overall().values();
            var pool = Executors.newFixedThreadPool(4);
            try {
                Callable<Void> work = () -> {
                    for (int round = 0; round < 3; round++) {
                        assertThat(captioner.caption(PICTURES, options)).isEqualTo(captions);
                        assertThat(matcher.grid(PICTURES, TEXTS)).isEqualTo(matches);
                        assertThat(explainer
                                        .explain(PICTURES.get(0), target)
                                        .overall()
                                        .values())
                                .isEqualTo(map);
                    }
                    return null;
                };
                for (var done : pool.invokeAll(List.of(work, work, work, work))) {
                    done.get();
                }
            } finally {
                pool.shutdownNow();
            }
        }
    }

    @Test
    void closedModelIsRefused() throws IOException {
        var model = load("both");
        var captioner = model.captioner().orElseThrow();
        model.close();
        model.close();
        assertThatThrownBy(() -> captioner.caption(PICTURES, CaptionOptions.greedy()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> model.embedder().orElseThrow().texts(List.of("a cat")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void emptyTextsAndOddPairsAreRefused() throws IOException {
        try (var model = load("both")) {
            var matcher = model.matcher().orElseThrow();
            assertThatThrownBy(() -> matcher.pairs(PICTURES.subList(0, 2), List.of("a cat", " ")))
                    .isInstanceOf(MedleyException.class)
                    .hasMessage("text 2 of 2 is empty; leave it out");
            assertThatThrownBy(() -> matcher.pairs(PICTURES, List.of("a cat")))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("5 images but 1 texts");
            assertThatThrownBy(
                            () -> model.answerer().orElseThrow().answer(PICTURES.get(0), "", AnswerOptions.generate()))
                    .hasMessage("question 1 of 1 is empty; leave it out");
            assertThatThrownBy(() -> model.explainer()
                            .orElseThrow()
                            .explain(PICTURES.get(0), new Explainer.Target.Captioning(" ")))
                    .hasMessageContaining("caption to explain is empty");
        }
    }

    @Test
    void configurationSurvivesWriting() throws IOException {
        var config = TinyBlip.config("a picture of ");
        var written = new BlipDirectory(config, Map.of(BlipDirectory.Part.CAPTION, "model.safetensors"));
        var directory = Files.createDirectories(folder.resolve("written"));
        written.write(directory);
        assertThat(BlipDirectory.read(ModelFiles.at("w", directory).config().orElseThrow(), "w"))
                .isEqualTo(written);
        try (var entries = Files.list(directory)) {
            assertThat(entries).hasSize(1);
        }
    }

    @Test
    void anotherImageSizeInterpolatesPositions() throws IOException {
        try (var model = load("both", new LoadOptions(48, false))) {
            assertThat(model.description()).contains("48 px");
            assertThat(model.captioner()
                            .orElseThrow()
                            .caption(PICTURES.get(0), CaptionOptions.greedy())
                            .get(0)
                            .score())
                    .isLessThan(0);
        }
    }

    @Test
    void filesThatDoNotFitGiveOneClearError() throws IOException {
        var wrong = TinyBlip.write(folder.resolve("wrong"), TinyBlip.config(""), BlipDirectory.Part.ITM);
        Files.writeString(wrong.resolve("vocab.txt"), "extra\n", java.nio.file.StandardOpenOption.APPEND);
        assertThatThrownBy(() -> load("wrong"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("the vocabulary has 26 tokens")
                .hasMessageContaining("the model has 25");

        var config = TinyBlip.config("");
        var wide = new BlipConfig(config.vision(), config.text(), 32, true, "");
        new BlipDirectory(wide, Map.of(BlipDirectory.Part.ITM, "itm.safetensors")).write(wrong);
        TinyBlip.write(folder.resolve("right"), config, BlipDirectory.Part.ITM);
        Files.copy(
                folder.resolve("right/vocab.txt"),
                wrong.resolve("vocab.txt"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> load("wrong"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("itm.safetensors")
                .hasMessageContaining("4 of another shape");

        Files.writeString(
                wrong.resolve("config.json"),
                "{\"format\":\"medley\",\"system\":\"blip\",\"vision\":{\"width\":-1},\"text\":{}}");
        assertThatThrownBy(() -> load("wrong"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("vision.width is -1")
                .hasMessageNotContaining("\n");
    }

    @Test
    void partsMayNotLeaveTheDirectory() {
        assertThatThrownBy(() ->
                        new BlipDirectory(TinyBlip.config(""), Map.of(BlipDirectory.Part.ITM, "../model.safetensors")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("plain file name");
    }
}
