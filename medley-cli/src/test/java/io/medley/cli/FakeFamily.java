package io.medley.cli;

import io.medley.image.RgbImage;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFamily;
import io.medley.model.ModelFiles;
import io.medley.task.Answer;
import io.medley.task.AnswerOptions;
import io.medley.task.Answerer;
import io.medley.task.Caption;
import io.medley.task.CaptionOptions;
import io.medley.task.Captioner;
import io.medley.task.Classifier;
import io.medley.task.Embedder;
import io.medley.task.EmbeddingSpace;
import io.medley.task.Explainer;
import io.medley.task.Explanation;
import io.medley.task.GenerationOptions;
import io.medley.task.HeatMap;
import io.medley.task.ImageGenerator;
import io.medley.task.Match;
import io.medley.task.Matcher;
import io.medley.task.Model;
import io.medley.task.WordMap;
import io.medley.task.ZeroShotClassifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A model that sees only the size of a picture: enough to test everything around models, without weights. */
final class FakeFamily implements ModelFamily {
    final List<Integer> batches = new ArrayList<>();

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public boolean recognises(ModelFiles files) {
        return files.configText("model_type").startsWith("fake");
    }

    @Override
    public Model load(ModelFiles files, LoadOptions options) {
        boolean all = files.configText("model_type").equals("fake");
        return new Model() {
            @Override
            public String name() {
                return files.name();
            }

            @Override
            public String description() {
                return "fake";
            }

            @Override
            public String config() {
                return "{}";
            }

            @Override
            public long parameters() {
                return 0;
            }

            @Override
            public Optional<Captioner> captioner() {
                return Optional.of(new Sizes());
            }

            @Override
            public Optional<Matcher> matcher() {
                return all ? Optional.of(new Sizes()) : Optional.empty();
            }

            @Override
            public Optional<Answerer> answerer() {
                return all ? Optional.of(new Sizes()) : Optional.empty();
            }

            @Override
            public Optional<Embedder> embedder() {
                return all ? Optional.of(new Sizes()) : Optional.empty();
            }

            @Override
            public Optional<Classifier> classifier() {
                return all ? Optional.of(new ZeroShotClassifier(new Sizes(), 1)) : Optional.empty();
            }

            @Override
            public Optional<Explainer> explainer() {
                return all ? Optional.of(new Sizes()) : Optional.empty();
            }

            @Override
            public Optional<ImageGenerator> imageGenerator() {
                return all ? Optional.of(new Greys()) : Optional.empty();
            }

            @Override
            public void close() {}
        };
    }

    /** Draws what it was told as shades of grey. */
    private static final class Greys implements ImageGenerator {
        @Override
        public List<RgbImage> generate(String prompt, GenerationOptions options) {
            return generate(Collections.nCopies(options.count(), prompt), options);
        }

        @Override
        public List<RgbImage> generate(List<String> prompts, GenerationOptions options) {
            return prompts.stream()
                    .map(prompt -> {
                        var rgb = new byte[12];
                        Arrays.fill(rgb, (byte) (prompt.length() + options.seed()));
                        return new RgbImage(2, 2, rgb);
                    })
                    .toList();
        }
    }

    private final class Sizes implements Captioner, Matcher, Answerer, Embedder, Explainer {

        @Override
        public List<List<Caption>> caption(List<RgbImage> images, CaptionOptions options) {
            batches.add(images.size());
            List<List<Caption>> results = new ArrayList<>();
            for (RgbImage image : images) {
                List<Caption> captions = new ArrayList<>();
                for (int k = 0; k < options.samples(); k++) {
                    captions.add(new Caption(
                            "a " + image.width() + " by " + image.height() + " picture, seed " + options.seed() + ", "
                                    + options.decoding().getClass().getSimpleName(),
                            -0.5 - k));
                }
                results.add(captions);
            }
            return results;
        }

        @Override
        public Caption stream(RgbImage image, CaptionOptions options, Consumer<String> pieces) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Match> pairs(List<RgbImage> images, List<String> texts) {
            return texts.stream()
                    .map(text -> new Match(text.length() / 100.0, Double.NaN))
                    .toList();
        }

        @Override
        public List<List<Match>> grid(List<RgbImage> images, List<String> texts) {
            return images.stream()
                    .map(image -> texts.stream()
                            .map(text -> new Match(text.length() / 100.0, Double.NaN))
                            .toList())
                    .toList();
        }

        @Override
        public List<List<Answer>> answer(List<RgbImage> images, List<String> questions, AnswerOptions options) {
            List<String> answers = options.candidates().isEmpty() ? List.of("yes", "no") : options.candidates();
            return questions.stream()
                    .map(question -> answers.stream()
                            .limit(options.top())
                            .map(text -> new Answer(text, -1, 1.0 / answers.size()))
                            .toList())
                    .toList();
        }

        @Override
        public EmbeddingSpace space() {
            return new EmbeddingSpace("fake/size", 2, false);
        }

        @Override
        public float[][] images(List<RgbImage> images) {
            return images.stream()
                    .map(image -> new float[] {image.width(), image.height()})
                    .toArray(float[][]::new);
        }

        @Override
        public float[][] texts(List<String> texts) {
            return texts.stream().map(text -> new float[] {text.length(), 1}).toArray(float[][]::new);
        }

        @Override
        public boolean supports(Class<? extends Target> kind) {
            return kind != Target.Captioning.class;
        }

        @Override
        public List<Explanation> explain(List<RgbImage> images, List<Target> targets) {
            String text = targets.get(0) instanceof Target.Matching matching ? matching.text() : "answer";
            HeatMap map = new HeatMap(2, 2, new float[] {0, 1, 0, 0});
            return List.of(new Explanation(
                    text,
                    0.75,
                    map,
                    Arrays.stream(text.split(" "))
                            .map(word -> new WordMap(word, map))
                            .toList()));
        }
    }
}
