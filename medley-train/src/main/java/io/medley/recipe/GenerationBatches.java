package io.medley.recipe;

import io.medley.image.RgbImage;
import io.medley.scenes.Scene;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Pictures with captions to learn drawing from. Batch n is a pure function of n. */
final class GenerationBatches {
    /** How many scenes are looked at for one of a single group, of which the sampler draws every third. */
    private static final int CANDIDATES = 64;

    private static final int PLANES = 3;

    /** Irrational steps, one a choice, which spread it evenly over all places and independently of the others. */
    private static final double CAPTION_LEFT_OUT = Math.sqrt(2) - 1;

    private static final double SINGLE = Math.sqrt(3) - 1;
    private static final double FULL_CAPTION = Math.sqrt(5) - 2;

    /**
     * Pictures with one caption each, some of them empty.
     *
     * @param pixels −1 to 1, three planes a picture
     */
    record Item(float[] pixels, List<String> captions) {}

    private final GenerationRecipeOptions options;
    private final int batch;
    private final double singles;
    private final SceneBatches teacher;
    private final float[] scale;
    private final float[] shift;
    private final Scenes scenes = Scenes.of(SceneSplit.TRAIN);

    private GenerationBatches(GenerationRecipeOptions options, int batch, double singles) {
        this.options = options;
        this.batch = batch;
        this.singles = singles;
        this.teacher = new SceneBatches(options.imageSize());
        // What becomes of black and white tells the line on which everything lies.
        var black = teacher.pixels(List.of(plain(options.imageSize(), 0)));
        var white = teacher.pixels(List.of(plain(options.imageSize(), 0xff)));
        int plane = black.length / PLANES;
        this.scale = new float[PLANES];
        this.shift = new float[PLANES];
        for (int c = 0; c < PLANES; c++) {
            scale[c] = (white[c * plane] - black[c * plane]) / 2;
            shift[c] = (white[c * plane] + black[c * plane]) / 2;
        }
    }

    private static RgbImage plain(int side, int level) {
        var rgb = new byte[PLANES * side * side];
        Arrays.fill(rgb, (byte) level);
        return new RgbImage(side, side, rgb);
    }

    /** To learn drawing from: single things first. */
    static GenerationBatches ofCaptions(GenerationRecipeOptions options) {
        return new GenerationBatches(options, options.batch(), options.singles());
    }

    /** To learn latents from: scenes as they come. */
    static GenerationBatches ofPictures(GenerationRecipeOptions options) {
        return new GenerationBatches(options, options.latentBatch(), 0);
    }

    Item item(long number) {
        int side = options.imageSize();
        var pixels = new float[batch * PLANES * side * side];
        var captions = new ArrayList<String>();
        for (int i = 0; i < batch; i++) {
            long place = number * batch + i;
            long index = index(place, singles * (1 - (double) number / options.steps()));
            var scene = scenes.scene(index);
            var image = Scenes.render(options.clean() ? scene.clean() : scene, side);
            planes(image.rgb(), pixels, i * PLANES * side * side);
            captions.add(share(place, CAPTION_LEFT_OUT) < options.dropCaption() ? "" : caption(index, place));
        }
        return new Item(pixels, captions);
    }

    /** (B, 3, S, S), −1 to 1. */
    Tensor pictures(Item item) {
        return teacher.tensor(item.pixels);
    }

    /** Pictures (B, 3, S, S) of −1 to 1 as the image encoder takes them. */
    Tensor seen(Tensor pictures) {
        return pictures.mul(Tensor.of(scale, 1, PLANES, 1, 1)).add(Tensor.of(shift, 1, PLANES, 1, 1));
    }

    /** Each place has a range of scenes of its own to choose from. */
    private long index(long place, double singles) {
        long first = place * CANDIDATES;
        if (share(place, SINGLE) >= singles) {
            return first;
        }
        for (long index = first; index < first + CANDIDATES; index++) {
            if (isSingle(scenes.scene(index))) {
                return index;
            }
        }
        return first;
    }

    private static boolean isSingle(Scene scene) {
        return scene.groups().size() == 1 && scene.groups().get(0).count() <= 2;
    }

    private String caption(long index, long place) {
        var all = scenes.captions(index);
        return all.get(share(place, FULL_CAPTION) < options.fullCaptions() ? 0 : (int) (place % all.size()));
    }

    /** In [0, 1). */
    private static double share(long place, double step) {
        return place * step % 1;
    }

    private static void planes(byte[] rgb, float[] into, int offset) {
        int plane = rgb.length / PLANES;
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < PLANES; c++) {
                into[offset + c * plane + i] = (rgb[PLANES * i + c] & 0xff) / 127.5f - 1;
            }
        }
    }
}
