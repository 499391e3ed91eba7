package io.medley.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Equality with Pillow 12.3 on {@code reference/image_formats}: small files of every kind, and what {@code convert("RGB")} makes of them. */
class FormatsTest {
    private static final Golden GOLDEN = new Golden("image_formats");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb.png",
                "rgba.png",
                "l.png",
                "la.png",
                "p.png",
                "bin.png",
                "p1.png",
                "p2.png",
                "p4.png",
                "p_trns.png",
                "i16.png",
                "rgb16.png",
                "rgba16.png",
                "la16.png",
                "l1.png",
                "l2.png",
                "l4.png",
                "animated.png",
                "rgb.bmp",
                "p.bmp",
                "l.bmp",
                "bin.bmp",
                "rgba.bmp",
                "p.gif",
                "l.gif",
                "offset.gif",
                "animated.gif",
                "rgb.tif",
                "lzw.tif",
                "deflate.tif",
                "l.tif",
                "p.tif",
                "bin.tif",
                "rgba.tif",
                "cmyk.tif",
                "g4.tif",
                "i16.tif",
                "lossless.webp",
                "alpha.webp",
                "animated.webp"
            })
    void losslessIsExact(String file) {
        assertThat(Golden.distance(Images.read(GOLDEN.bytes(file), file), GOLDEN.image(file)))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb.jpg",
                "rgb444.jpg",
                "rgb422.jpg",
                "prog.jpg",
                "l.jpg",
                "cmyk.jpg",
                "ycck.jpg",
                "cmyk_noadobe.jpg",
                "keep_rgb.jpg",
                "restart.jpg",
                "nojfif.jpg",
                "jpeg.tif"
            })
    void jpegIsWithinTwoLevels(String file) {
        assertThat(Golden.distance(Images.read(GOLDEN.bytes(file), file), GOLDEN.image(file)))
                .isLessThanOrEqualTo(2);
    }

    /** Chroma is enlarged more simply than in libwebp: on this noisy picture of few pixels 4 levels on average, on photographs 2. */
    @ParameterizedTest
    @ValueSource(strings = {"lossy.webp", "alpha_lossy.webp"})
    void lossyWebpIsClose(String file) {
        RgbImage image = Images.read(GOLDEN.bytes(file), file);
        RgbImage expected = GOLDEN.image(file);
        long sum = 0;
        for (int i = 0; i < image.rgb().length; i++) {
            sum += Math.abs((image.rgb()[i] & 0xff) - (expected.rgb()[i] & 0xff));
        }
        assertThat((double) sum / image.rgb().length).isLessThan(5);
    }

    @ParameterizedTest
    @CsvSource({"png,0", "webp,0", "tif,0", "jpg,2"})
    void exifOrientationIsApplied(String extension, int tolerance) {
        for (int orientation = 1; orientation <= 8; orientation++) {
            String file = "exif" + orientation + "." + extension;
            assertThat(Golden.distance(Images.read(GOLDEN.bytes(file), file), GOLDEN.image(file)))
                    .as(file)
                    .isLessThanOrEqualTo(tolerance);
        }
    }

    @ParameterizedTest
    @EnumSource(ResizeFilter.class)
    void everyFilterIsExact(ResizeFilter filter) {
        RgbImage image = Images.read(GOLDEN.bytes("rgb.png"), "rgb.png");
        for (String size : new String[] {"11x7", "37x60", "80x23", "90x90", "1x1", "5x23"}) {
            RgbImage expected = GOLDEN.image("resize/" + filter + "/" + size);
            assertThat(Resize.resize(image, expected.width(), expected.height(), filter))
                    .as(size)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(ResizeFilter.class)
    void everyModeIsExact(ResizeFilter filter) {
        for (String mode : new String[] {"rgba.png", "la.png", "cmyk.tif", "p.png", "bin.png"}) {
            RgbImage expected = GOLDEN.image("resize_" + mode.substring(0, mode.indexOf('.')) + "/" + filter);
            DecodedImage image = Images.decode(GOLDEN.bytes(mode), mode, ImageLimits.DEFAULT);
            assertThat(image.resize(expected.width(), expected.height(), filter).toRgb())
                    .as(mode)
                    .isEqualTo(expected);
        }
    }

    @Test
    void writersRoundTrip() {
        RgbImage image = GOLDEN.image("rgb.png");
        assertThat(Images.read(ImageFiles.encodePng(image), "x")).isEqualTo(image);
        RgbImage again = Images.read(ImageFiles.encodeJpeg(image, 95), "x");
        assertThat(Golden.distance(again, Images.read(GOLDEN.bytes("rgb.jpg"), "y")))
                .isLessThan(64);
        assertThat(RgbImage.of(image.toBufferedImage())).isEqualTo(image);
    }
}
