package io.medley.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;

/** WebP, BMP and TIFF: whatever the reader gives for its first picture, sizes checked first. */
final class PlainDecoder {
    private static final int MAX_BANDS = 8;

    private PlainDecoder() {}

    static DecodedImage decode(ImageFormat format, byte[] bytes, String name, ImageLimits limits) {
        if (format == ImageFormat.BMP) {
            checkBmpLength(bytes, name);
        }
        return Readers.read(format, bytes, name, reader -> decode(reader, name, limits));
    }

    private static DecodedImage decode(ImageReader reader, String name, ImageLimits limits) throws IOException {
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        limits.checkPixels(name, width, height);
        // A tile may claim to be far larger than the picture, and readers allocate tiles whole.
        limits.checkPixels(name, Math.max(1, reader.getTileWidth(0)), Math.max(1, reader.getTileHeight(0)));
        for (Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0); types.hasNext(); ) {
            int bands = types.next().getNumBands();
            if (bands > MAX_BANDS) {
                throw ImageErrors.of(name, "unsupported picture (" + bands + " channels)");
            }
        }
        BufferedImage image = reader.read(0);
        return BufferedImages.decode(image);
    }

    private static void checkBmpLength(byte[] bytes, String name) {
        if (bytes.length < 26) {
            throw ImageErrors.truncated(name, ImageFormat.BMP, "it ends in its header");
        }
    }
}
