package io.medley.recipe;

import io.medley.evaluate.Example;
import io.medley.evaluate.Picture;
import io.medley.image.RgbImage;
import io.medley.scenes.Kind;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Examples of the small world for every task, drawn when they are looked at. */
final class ScenesExamples {
    private static final int SEARCHED = 1000;

    private final SceneSplit split;
    private final Scenes scenes;
    private final int size;

    /** Pictures of a split, {@code size} × {@code size} pixels. */
    ScenesExamples(SceneSplit split, int size) {
        this.split = split;
        this.scenes = Scenes.of(split);
        this.size = size;
    }

    private record ScenePicture(SceneSplit split, long index, int size) implements Picture {
        @Override
        public String name() {
            return split.word() + " " + index;
        }

        @Override
        public RgbImage load() {
            return Scenes.render(Scenes.of(split).scene(index), size);
        }
    }

    private Picture picture(long index) {
        return new ScenePicture(split, index, size);
    }

    private String key(long index) {
        return split.word() + "-" + index;
    }

    /** Pictures with their five captions. */
    List<Example.Captioned> captioned(long first, int count) {
        var examples = new ArrayList<Example.Captioned>();
        for (long i = first; i < first + count; i++) {
            examples.add(new Example.Captioned(key(i), picture(i), scenes.captions(i), ""));
        }
        return examples;
    }

    /** All questions about pictures. */
    List<Example.Question> questions(long first, int count) {
        var examples = new ArrayList<Example.Question>();
        for (long i = first; i < first + count; i++) {
            int number = 0;
            for (var question : scenes.questions(i)) {
                examples.add(new Example.Question(
                        key(i) + "#" + ++number,
                        picture(i),
                        question.text(),
                        List.of(question.answer()),
                        question.type().name().toLowerCase(Locale.ROOT)));
            }
        }
        return examples;
    }

    /**
     * Pairs of pictures with a sentence: {@code cats are in both pictures}, {@code … in only one picture}, {@code … in the left picture} or
     * {@code … in the right picture}. Half of each are true, one of the pictures always shows the thing, and which of the two is chance
     * wherever the sentence does not say it; so no sentence tells its truth.
     */
    List<Example.Pair> pairs(long first, int count) {
        var examples = new ArrayList<Example.Pair>();
        for (int n = 0; n < count; n++) {
            long here = first + n;
            var random = new Random(here);
            var groups = scenes.scene(here).groups();
            var kind = groups.get(random.nextInt(groups.size())).kind();
            boolean truth = n % 2 == 0;
            boolean left = random.nextBoolean();
            // Which side shows the thing, where the other may not.
            boolean shownLeft = left;
            boolean shownTwice = truth;
            var place = "both pictures";
            if (n / 2 % 3 == 1) {
                place = "only one picture";
                shownTwice = !truth;
            } else if (n / 2 % 3 == 2) {
                place = left ? "the left picture" : "the right picture";
                shownLeft = left == truth;
                shownTwice = truth && random.nextBoolean();
            }
            long other = other(here, first, count, kind, shownTwice);
            examples.add(new Example.Pair(
                    key(here),
                    picture(shownLeft ? here : other),
                    picture(shownLeft ? other : here),
                    kind.plural() + " are in " + place,
                    truth));
        }
        return examples;
    }

    /** Another scene of the range that does or does not show a kind of thing; beyond the range where it has none. */
    private long other(long here, long first, int count, Kind kind, boolean shown) {
        for (int step = 1; step < SEARCHED; step++) {
            long index = step < count ? first + (here - first + step) % count : first + step;
            boolean shows = scenes.scene(index).groups().stream().anyMatch(group -> group.kind() == kind);
            if (shows == shown) {
                return index;
            }
        }
        throw new IllegalStateException("no scene near " + here + (shown ? " shows " : " is without ") + kind);
    }
}
