package io.medley.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Equality with torchvision, Pillow and OpenCV on {@code reference/image_transforms}. */
class TransformReferenceTest {
    private static final Golden GOLDEN = new Golden("image_transforms");
    /** One level of 255 after normalisation. */
    private static final float LEVEL = 1 / 255f / 0.2613f;

    @ParameterizedTest
    @ValueSource(strings = {"landscape.png", "portrait.png", "gray.png", "rgba.png", "palette.png"})
    void pngIsExact(String file) {
        RgbImage image = Images.read(GOLDEN.bytes(file), file);
        assertThat(image).isEqualTo(GOLDEN.image(file + "/rgb_u8"));
        for (int size : new int[] {32, 64}) {
            RgbImage resized = Resize.resize(image, size, size, ResizeFilter.BICUBIC);
            assertThat(resized).isEqualTo(GOLDEN.image(file + "/blip_test_" + size + ".resized_u8"));
            assertThat(ImageTransforms.blip(size).apply(image)).isEqualTo(GOLDEN.floats(file + "/blip_test_" + size));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"landscape.png", "portrait.png", "gray.png", "rgba.png", "palette.png"})
    void clipResizesBeforeItConverts(String file) {
        DecodedImage image = Images.decode(GOLDEN.bytes(file), file, ImageLimits.DEFAULT);
        assertThat(ImageTransforms.clip(64).apply(image)).isEqualTo(GOLDEN.floats(file + "/clip_64"));
    }

    @Test
    void enlargingIsExact() {
        RgbImage image = GOLDEN.image("landscape.png/rgb_u8");
        assertThat(Resize.resize(image, 384, 384, ResizeFilter.BICUBIC))
                .isEqualTo(GOLDEN.image("landscape.png/resize_384.resized_u8"));
    }

    @Test
    void jpegIsWithinTwoLevels() {
        byte[] bytes = GOLDEN.bytes("photo.jpg");
        RgbImage image = Images.read(bytes, "photo.jpg");
        assertThat(Golden.distance(image, GOLDEN.image("photo.jpg/rgb_u8"))).isLessThanOrEqualTo(2);
        assertThat(Golden.distance(
                        Resize.resize(image, 224, 224, ResizeFilter.BICUBIC),
                        GOLDEN.image("photo.jpg/resize_224.resized_u8")))
                .isLessThanOrEqualTo(2);
        assertThat(Golden.distance(ImageTransforms.blip(64).apply(image), GOLDEN.floats("photo.jpg/blip_test_64")))
                .isLessThanOrEqualTo(2 * LEVEL);
        assertThat(Golden.distance(
                        ImageTransforms.clip(64).apply(Images.decode(bytes, "photo.jpg", ImageLimits.DEFAULT)),
                        GOLDEN.floats("photo.jpg/clip_64")))
                .isLessThanOrEqualTo(2 * LEVEL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void resizedCropIsExact(int k) {
        String key = "landscape.png/resized_crop" + k;
        long[] box = GOLDEN.longs(key + ".box_tlhw");
        RgbImage out = RandomResizedCrop.of(48, 0.5)
                .apply(
                        GOLDEN.image("landscape.png/rgb_u8"),
                        new RandomResizedCrop.Box((int) box[0], (int) box[1], (int) box[2], (int) box[3]));
        assertThat(Normalization.CLIP.apply(out)).isEqualTo(GOLDEN.floats(key));
    }

    @Test
    void flipIsExact() {
        assertThat(GOLDEN.image("landscape.png/rgb_u8").flipHorizontally())
                .isEqualTo(GOLDEN.image("landscape.png/hflip_u8"));
    }

    @Test
    void randAugmentOperations() {
        RgbImage image = GOLDEN.image("portrait.png/rgb_u8");
        int checked = 0;
        for (JsonNode entry : GOLDEN.cases().get("randaugment")) {
            String key = entry.get("key").stringValue();
            AugmentOp op = operation(entry.get("op").stringValue());
            double level = entry.get("level").doubleValue();
            double argument =
                    entry.get("args").isEmpty() ? 0 : entry.get("args").get(0).doubleValue();
            assertThat(op.argument(level)).as(key).isEqualTo(Math.abs(argument));
            int distance = Golden.distance(op.apply(image, argument, true), GOLDEN.image(key));
            assertThat(distance).as(key).isLessThanOrEqualTo(op.signed() ? 1 : 0);
            checked++;
        }
        assertThat(checked).isEqualTo(31);
    }

    @Test
    void autoContrastWithoutUpstreamsMistakeIsTheOrdinaryStretch() {
        RgbImage input = GOLDEN.image("randaugment/AutoContrast.min0.input");
        RgbImage expected = GOLDEN.image("randaugment/AutoContrast.min0");
        assertThat(AugmentOp.AUTO_CONTRAST.apply(input, 0, false)).isEqualTo(expected);
        assertThat(AugmentOp.AUTO_CONTRAST.apply(input, 0, true)).isEqualTo(expected);
        RgbImage portrait = GOLDEN.image("portrait.png/rgb_u8");
        RgbImage stretched = AugmentOp.AUTO_CONTRAST.apply(portrait, 0, false);
        assertThat(stretched).isNotEqualTo(AugmentOp.AUTO_CONTRAST.apply(portrait, 0, true));
        for (int c = 0; c < 3; c++) {
            int low = 255;
            int high = 0;
            for (int i = c; i < stretched.rgb().length; i += 3) {
                low = Math.min(low, stretched.rgb()[i] & 0xff);
                high = Math.max(high, stretched.rgb()[i] & 0xff);
            }
            assertThat(low).isZero();
            assertThat(high).isGreaterThanOrEqualTo(254);
        }
    }

    private static AugmentOp operation(String upstream) {
        return AugmentOp.valueOf(upstream.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT));
    }
}
