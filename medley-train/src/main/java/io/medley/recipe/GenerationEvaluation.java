package io.medley.recipe;

import io.medley.image.RgbImage;
import io.medley.scenes.CaptionJudge;
import io.medley.scenes.Scene;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.task.CaptionOptions;
import io.medley.task.Captioner;
import io.medley.task.GenerationOptions;
import io.medley.task.ImageGenerator;
import io.medley.task.Matcher;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.List;

/**
 * How well drawn pictures show what was asked for, as a model that captions and matches sees them: its captions are read by the parser of the
 * caption grammar and held against the scene the text was written for. Two rows frame the figures: real pictures of these scenes, at the same
 * size, are the most this judge can tell; drawn pictures held against texts of other scenes are chance.
 */
public final class GenerationEvaluation {
    /**
     * Figures of one way to draw.
     *
     * @param name of the way
     * @param pairs F1 of kinds with their colours in the judge's captions
     * @param single the same over scenes of one group only; NaN where there are none
     * @param kinds F1 of kinds alone
     * @param colors part of the named colours that are right, among kinds that are there
     * @param match mean ITM probability of picture and text
     * @param seconds a picture took to draw, NaN for real ones
     */
    public record Row(
            String name, double pairs, double single, double kinds, double colors, double match, double seconds) {}

    private static final int BATCH = 16;

    private final ImageGenerator generator;
    private final Captioner captioner;
    private final Matcher matcher;
    private final List<Scene> scenes = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();

    /**
     * @param judge captions and matches
     * @param count scenes of the test split
     */
    public GenerationEvaluation(ImageGenerator generator, Model judge, int count) {
        this.generator = generator;
        this.captioner = judge.captioner().orElseThrow(() -> new MedleyException(judge.name() + ": cannot caption"));
        this.matcher = judge.matcher().orElseThrow(() -> new MedleyException(judge.name() + ": cannot match"));
        var split = Scenes.of(SceneSplit.TEST);
        for (int i = 0; i < count; i++) {
            scenes.add(split.scene(i));
            texts.add(split.captions(i).get(0));
        }
    }

    /** What pictures were asked for. */
    public List<String> texts() {
        return List.copyOf(texts);
    }

    /** Real pictures of the scenes, {@code size} pixels. */
    public Row real(int size) {
        var images = scenes.stream().map(scene -> Scenes.render(scene, size)).toList();
        return judge("real pictures", images, scenes, texts, Double.NaN);
    }

    /** One picture a text. */
    public List<RgbImage> draw(GenerationOptions options) {
        return generator.generate(texts, options);
    }

    /** Draws and judges. */
    public Row drawn(GenerationOptions options) {
        long start = System.nanoTime();
        var images = draw(options);
        double seconds = (System.nanoTime() - start) / 1e9 / images.size();
        return judge(name(options), images, scenes, texts, seconds);
    }

    /** Draws, and judges by the next text but one instead of its own. */
    public Row chance(GenerationOptions options) {
        return judge("drawn for another text", draw(options), shifted(scenes), shifted(texts), Double.NaN);
    }

    private static <T> List<T> shifted(List<T> all) {
        var shifted = new ArrayList<>(all.subList(Math.min(2, all.size()), all.size()));
        shifted.addAll(all.subList(0, Math.min(2, all.size())));
        return shifted;
    }

    private static String name(GenerationOptions options) {
        return options.sampler().name().toLowerCase(java.util.Locale.ROOT) + ", " + options.steps()
                + " steps, guidance " + options.guidance();
    }

    private Row judge(String name, List<RgbImage> images, List<Scene> truth, List<String> wanted, double seconds) {
        var all = new Counts();
        var single = new Counts();
        double match = 0;
        for (int start = 0; start < images.size(); start += BATCH) {
            int end = Math.min(images.size(), start + BATCH);
            var part = images.subList(start, end);
            for (var pair : matcher.pairs(part, wanted.subList(start, end))) {
                match += pair.probability();
            }
            var captions = captioner.caption(part, CaptionOptions.greedy());
            for (int i = 0; i < part.size(); i++) {
                var scene = truth.get(start + i);
                var verdict = CaptionJudge.judge(captions.get(i).get(0).text(), scene);
                all.add(verdict);
                if (scene.groups().size() == 1) {
                    single.add(verdict);
                }
            }
        }
        return new Row(name, all.pairs(), single.pairs(), all.kinds(), all.colors(), match / images.size(), seconds);
    }

    /** Sums over captions. */
    private static final class Counts {
        private int pairsRight;
        private int pairs;
        private int kindsRight;
        private int kinds;
        private int colorsRight;
        private int colors;

        void add(CaptionJudge.Verdict verdict) {
            pairsRight += verdict.pairsRight();
            pairs += verdict.pairsSaid() + verdict.pairsThere();
            kindsRight += verdict.kindsRight();
            kinds += verdict.kindsSaid() + verdict.kindsThere();
            colorsRight += verdict.colorsRight();
            colors += verdict.colorsSaid();
        }

        double pairs() {
            return 2.0 * pairsRight / pairs;
        }

        double kinds() {
            return 2.0 * kindsRight / kinds;
        }

        double colors() {
            return (double) colorsRight / colors;
        }
    }
}
