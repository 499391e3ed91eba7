package io.medley.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;

/** WebP, BMP and TIFF: whatever the reader gives for its first picture, sizes checked first. */
final class PlainDecoder {
    private static final int MAX_BANDS = 8;

    private PlainDecoder() {}

    static DecodedImage decode(ImageFormat format, byte[] bytes, String name, ImageLimits limits) {
        byte[] tiff =
                switch (format) {
                    case WEBP -> WebpChunks.exif(bytes, name, limits);
                    case TIFF -> bytes;
                    default -> null;
                };
        if (format == ImageFormat.BMP) {
            checkBmp(bytes, name, limits);
        }
        return Readers.read(format, bytes, name, reader -> decode(reader, name, limits))
                .upright(ExifOrientation.of(tiff));
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
        return BufferedImages.decode(reader.read(0));
    }

    /** The reader finds fault with a lying size before it can be asked for it. */
    private static void checkBmp(byte[] bytes, String name, ImageLimits limits) {
        if (bytes.length < 26) {
            throw ImageErrors.truncated(name, ImageFormat.BMP, "it ends in its header");
        }
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        // Headers of 12 bytes are OS/2's with short sides; a negative height means rows from the top.
        boolean old = header.getInt(14) == 12;
        long width = old ? header.getShort(18) & 0xffff : header.getInt(18);
        long height = old ? header.getShort(20) & 0xffff : Math.abs((long) header.getInt(22));
        limits.checkPixels(name, width, height);
    }
}
