package io.medley.scenes;

import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.util.List;
import java.util.Optional;

/**
 * The door to the small world. {@code Scenes.of(SceneSplit.TRAIN).sample(7, 64)} is the same picture, with the same
 * captions and questions, whenever and wherever it is asked for; at another size it is the same scene drawn sharper.
 * Immutable and thread-safe.
 */
public final class Scenes {
    /** Smallest and largest side of a picture in pixels. */
    public static final int MIN_SIZE = 16;

    /** Largest side of a picture in pixels. */
    public static final int MAX_SIZE = 4096;

    private static final long CAPTIONS = 0xC4;
    private static final long QUESTIONS = 0x9A;
    private static final long WEB = 0x3E;

    private final SceneSplit split;

    private Scenes(SceneSplit split) {
        this.split = split;
    }

    /** The scenes of a split. */
    public static Scenes of(SceneSplit split) {
        return new Scenes(split);
    }

    /** Which split this is. */
    public SceneSplit split() {
        return split;
    }

    /** The scene at an index, without drawing it. */
    public Scene scene(long index) {
        if (index < 0) {
            throw new MedleyException("scene index " + index + ": must be 0 or more");
        }
        return SceneSampler.sample(split.seed(index), split == SceneSplit.COMPOSITIONAL);
    }

    /** The picture of a scene, {@code size} × {@code size} pixels. */
    public static RgbImage render(Scene scene, int size) {
        if (size < MIN_SIZE || size > MAX_SIZE) {
            throw new MedleyException("picture size " + size + ": must be " + MIN_SIZE + " to " + MAX_SIZE + " pixels");
        }
        int[] pixels = SceneRenderer.pixels(scene, size);
        byte[] rgb = new byte[3 * pixels.length];
        for (int i = 0, to = 0; i < pixels.length; i++) {
            rgb[to++] = (byte) SceneColors.red(pixels[i]);
            rgb[to++] = (byte) SceneColors.green(pixels[i]);
            rgb[to++] = (byte) SceneColors.blue(pixels[i]);
        }
        return new RgbImage(size, size, rgb);
    }

    /** The five captions of the sample at an index. */
    public List<String> captions(long index) {
        return CaptionGrammar.captions(scene(index), random(index, CAPTIONS));
    }

    /** The questions of the sample at an index. */
    public List<Question> questions(long index) {
        return Questions.questions(scene(index), random(index, QUESTIONS));
    }

    /** Everything about the sample at an index. */
    public SceneSample sample(long index, int size) {
        Scene scene = scene(index);
        return new SceneSample(
                split,
                index,
                render(scene, size),
                scene,
                CaptionGrammar.captions(scene, random(index, CAPTIONS)),
                Questions.questions(scene, random(index, QUESTIONS)),
                web(index, scene));
    }

    private Optional<WebText> web(long index, Scene scene) {
        if (split != SceneSplit.WEB) {
            return Optional.empty();
        }
        SceneRandom random = random(index, WEB);
        Scene other = SceneSampler.sample(random.nextLong(), false);
        return Optional.of(WebTexts.text(scene, other, random));
    }

    /** Words have seeds of their own, so that a change to what is drawn leaves what is said alone, and vice versa. */
    private SceneRandom random(long index, long purpose) {
        return new SceneRandom(SceneRandom.mix(split.seed(index) + purpose));
    }
}
