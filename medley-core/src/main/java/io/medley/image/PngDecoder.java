package io.medley.image;

import io.medley.image.DecodedImage.Mode;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** PNG: chunks and their checksums are checked here, pixels come from the JDK. */
final class PngDecoder {
    private static final int IHDR = 0x49484452;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454e44;
    private static final int EXIF = 0x65584966;

    private PngDecoder() {}

    private record Header(int width, int height, int depth, int colourType, byte @Nullable [] exif) {}

    static DecodedImage decode(byte[] bytes, String name, ImageLimits limits) {
        Header header = check(bytes, name, limits);
        DecodedImage image =
                Readers.read(ImageFormat.PNG, bytes, name, reader -> BufferedImages.decode(reader.read(0)));
        if (image.width() != header.width || image.height() != header.height) {
            throw ImageErrors.of(name, "corrupt PNG (its headers disagree)");
        }
        boolean grey = header.colourType == 0;
        if (grey && header.depth < 8) {
            image = BufferedImages.greyOfPalette(image);
        }
        if (grey && header.depth == 1) {
            image = new DecodedImage(Mode.BINARY, image.width(), image.height(), image.samples(), null);
        }
        return image.upright(ExifOrientation.of(header.exif));
    }

    private static Header check(byte[] bytes, String name, ImageLimits limits) {
        Header header = null;
        byte[] exif = null;
        boolean pixels = false;
        int at = 8;
        while (true) {
            if (at + 12 > bytes.length) {
                throw ImageErrors.truncated(name, ImageFormat.PNG, "it has no end chunk");
            }
            int length = i32(bytes, at);
            int type = i32(bytes, at + 4);
            if (length < 0) {
                throw ImageErrors.of(name, "corrupt PNG (a chunk of impossible length)");
            }
            if (length > bytes.length - at - 12) {
                throw ImageErrors.truncated(name, ImageFormat.PNG, "it ends inside a chunk");
            }
            int data = at + 8;
            // Only these reach the pixels; Pillow also lets others pass with a wrong checksum.
            if (type == IHDR || type == IDAT) {
                CRC32 crc = new CRC32();
                crc.update(bytes, at + 4, length + 4);
                if ((int) crc.getValue() != i32(bytes, data + length)) {
                    throw ImageErrors.of(name, "corrupt PNG (a checksum is wrong)");
                }
            }
            if (type == IHDR && header == null) {
                if (at != 8 || length != 13) {
                    throw ImageErrors.of(name, "corrupt PNG (header chunk out of place)");
                }
                limits.checkPixels(name, i32(bytes, data), i32(bytes, data + 4));
                header = new Header(i32(bytes, data), i32(bytes, data + 4), bytes[data + 8], bytes[data + 9], null);
            } else if (type == IDAT) {
                pixels = true;
            } else if (type == EXIF) {
                exif = Arrays.copyOfRange(bytes, data, data + length);
            } else if (type == IEND) {
                break;
            }
            at = data + length + 4;
        }
        if (header == null || !pixels) {
            throw ImageErrors.of(name, "corrupt PNG (it has no " + (header == null ? "header" : "pixels") + ")");
        }
        return new Header(header.width, header.height, header.depth, header.colourType, exif);
    }

    private static int i32(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | bytes[at + 3] & 0xff;
    }
}
