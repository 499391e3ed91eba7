package io.medley.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What must never become a picture, a stack trace or a filled memory. */
class HostileImagesTest {
    private static final Golden GOLDEN = new Golden("image_formats");
    private static final int MUTATIONS = 60;

    static Stream<String> kinds() {
        return Stream.of(
                "rgb.jpg",
                "prog.jpg",
                "cmyk.jpg",
                "restart.jpg",
                "exif6.jpg",
                "rgb.png",
                "p4.png",
                "rgba16.png",
                "lossy.webp",
                "lossless.webp",
                "alpha_lossy.webp",
                "animated.webp",
                "rgb.bmp",
                "p.bmp",
                "p.gif",
                "offset.gif",
                "animated.gif",
                "rgb.tif",
                "lzw.tif",
                "deflate.tif",
                "g4.tif",
                "jpeg.tif",
                "cmyk.tif");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void truncationIsAnErrorAndNeverHalfAPicture(String file) {
        byte[] bytes = GOLDEN.bytes(file);
        RgbImage whole = Images.read(bytes, file);
        int refused = 0;
        int tried = 0;
        for (int length = 0; length < bytes.length; length += 1 + bytes.length / 120) {
            tried++;
            RgbImage image = attempt(Arrays.copyOf(bytes, length), file);
            refused += image == null ? 1 : 0;
            // What follows the pixels may be missing (animations, TIFF directories never are).
            assertThat(image == null || image.equals(whole))
                    .as(file + " cut to " + length)
                    .isTrue();
        }
        assertThat(refused).isGreaterThan(tried / 4);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void mutationsGiveAPictureOrAMedleyException(String file) {
        byte[] bytes = GOLDEN.bytes(file);
        SplittableRandom random = new SplittableRandom(file.hashCode());
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutant = bytes.clone();
            int changes = 1 + random.nextInt(4);
            for (int c = 0; c < changes; c++) {
                // Headers are where lies hurt: half of the changes go there.
                int span = random.nextBoolean() ? Math.min(mutant.length, 160) : mutant.length;
                int at = random.nextInt(span);
                switch (random.nextInt(4)) {
                    case 0 -> mutant[at] = (byte) random.nextInt(256);
                    case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                    case 2 -> mutant[at] = (byte) 0xff;
                    default ->
                        Arrays.fill(mutant, at, Math.min(mutant.length, at + 4), (byte) (random.nextInt(2) * 255));
                }
            }
            attempt(mutant, file);
        }
    }

    /** The picture, or null for a well-formed refusal. */
    private static RgbImage attempt(byte[] bytes, String name) {
        try {
            return Images.read(bytes, name, new ImageLimits(4_000_000, 1 << 20));
        } catch (MedleyException e) {
            assertThat(e.getMessage())
                    .startsWith(name + ": ")
                    .doesNotContain("\n")
                    .hasSizeLessThan(400);
            return null;
        }
    }

    @Test
    void decompressionBombsAreRefusedByTheirHeader() {
        assertThatThrownBy(() -> Images.read(png(60_000, 60_000), "bomb.png"))
                .isInstanceOf(MedleyException.class)
                .hasMessage("bomb.png: too many pixels (60000x60000, the limit is 100000000);"
                        + " shrink the picture or raise the limit of pixels");
        byte[] jpeg = GOLDEN.bytes("rgb.jpg");
        int frame = find(jpeg, 0xc0);
        Arrays.fill(jpeg, frame + 3, frame + 7, (byte) 0xf0);
        assertThatThrownBy(() -> Images.read(jpeg, "bomb.jpg")).hasMessageContaining("too many pixels (61680x61680");
        byte[] gif = GOLDEN.bytes("p.gif");
        Arrays.fill(gif, 6, 10, (byte) 0xf0);
        assertThatThrownBy(() -> Images.read(gif, "bomb.gif")).hasMessageContaining("too many pixels (61680x61680");
        byte[] bmp = GOLDEN.bytes("rgb.bmp");
        ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(18, 12_000).putInt(22, 12_000);
        assertThatThrownBy(() -> Images.read(bmp, "bomb.bmp")).hasMessageContaining("too many pixels (12000x12000");
        assertThatThrownBy(() -> Images.read(GOLDEN.bytes("rgb.tif"), "t.tif", new ImageLimits(100, 1 << 20)))
                .hasMessageContaining("too many pixels (37x23");
        assertThatThrownBy(() -> Images.read(GOLDEN.bytes("lossy.webp"), "w.webp", new ImageLimits(100, 1 << 20)))
                .hasMessageContaining("too many pixels (37x23");
        assertThatThrownBy(() -> Images.read(GOLDEN.bytes("rgb.png"), "p.png", new ImageLimits(1000, 100)))
                .hasMessageContaining("too large (more than 100 bytes)");
    }

    @ParameterizedTest
    @CsvSource({
        "PK\3\4zip,a ZIP archive",
        "%PDF-1.7,a PDF document",
        "<!DOCTYPE html><html>,an HTML page",
        "<svg xmlns='x'/>,an SVG drawing",
        "hello there,text",
        "version https://git-lfs.github.com/spec/v1,a Git LFS pointer; fetch the file it stands for",
        "....ftypavif,an AVIF picture",
        "RIFF....WAVE,a RIFF file that is not WebP"
    })
    void strangersAreNamed(String content, String expected) {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> Images.read(bytes, "cat.jpg"))
                .isInstanceOf(MedleyException.class)
                .hasMessageStartingWith("cat.jpg: not an image (starts with ")
                .hasMessageContaining(", " + expected + ")");
    }

    @Test
    void contentWinsOverExtension(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("really-a.jpg");
        Files.write(file, GOLDEN.bytes("rgb.png"));
        assertThat(Images.read(file)).isEqualTo(GOLDEN.image("rgb.png"));
    }

    @Test
    void filesThatAreNone(@TempDir Path directory) throws IOException {
        Path missing = directory.resolve("no.png");
        assertThatThrownBy(() -> Images.read(missing))
                .isInstanceOf(MedleyException.class)
                .hasMessage(missing + ": no such file");
        assertThatThrownBy(() -> Images.read(directory)).hasMessage(directory + ": is a directory; give an image file");
        Path empty = Files.createFile(directory.resolve("empty.png"));
        assertThatThrownBy(() -> Images.read(empty)).hasMessageContaining("empty file");
    }

    @Test
    void corruptPixelsAreAnError() {
        byte[] png = GOLDEN.bytes("rgb.png");
        png[png.length / 2] ^= 1;
        assertThatThrownBy(() -> Images.read(png, "c.png")).hasMessage("c.png: corrupt PNG (a checksum is wrong)");
        byte[] jpeg = GOLDEN.bytes("rgb.jpg");
        byte[] cut = Arrays.copyOf(jpeg, jpeg.length * 2 / 3);
        cut[cut.length - 2] = (byte) 0xff;
        cut[cut.length - 1] = (byte) 0xd9;
        assertThatThrownBy(() -> Images.read(cut, "c.jpg"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("corrupt JPEG");
    }

    @Test
    void nothingIsLeftBesideAWrittenFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("a.png");
        ImageFiles.writePng(GOLDEN.image("rgb.png"), file);
        ImageFiles.writePng(GOLDEN.image("p.png"), file);
        assertThat(Images.read(file)).isEqualTo(GOLDEN.image("p.png"));
        try (Stream<Path> all = Files.list(directory)) {
            assertThat(all).containsExactly(file);
        }
        Path lost = directory.resolve("none").resolve("a.jpg");
        assertThatThrownBy(() -> ImageFiles.writeJpeg(GOLDEN.image("p.png"), lost, 90))
                .isInstanceOf(IOException.class);
    }

    private static int find(byte[] bytes, int marker) {
        for (int i = 0; i + 1 < bytes.length; i++) {
            if (bytes[i] == (byte) 0xff && bytes[i + 1] == (byte) marker) {
                return i + 2;
            }
        }
        throw new AssertionError("no marker");
    }

    /** A grey PNG of any size whose pixels are one kilobyte of compressed zeros. */
    private static byte[] png(int width, int height) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        chunk(
                out,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) 8)
                        .array());
        Deflater deflater = new Deflater();
        deflater.setInput(new byte[1 << 20]);
        deflater.finish();
        byte[] packed = new byte[4096];
        chunk(out, "IDAT", Arrays.copyOf(packed, deflater.deflate(packed)));
        deflater.end();
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
        byte[] body = ByteBuffer.allocate(4 + data.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(data)
                .array();
        CRC32 crc = new CRC32();
        crc.update(body);
        out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        out.writeBytes(body);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
