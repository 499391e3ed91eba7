package io.medley.image;

import io.medley.image.DecodedImage.Mode;

/** The first frame of a GIF, set into its screen as Pillow does. */
final class GifDecoder {
    private GifDecoder() {}

    static DecodedImage decode(byte[] bytes, String name, ImageLimits limits) {
        if (bytes.length < 13) {
            throw ImageErrors.truncated(name, ImageFormat.GIF, "it ends in its header");
        }
        int screenWidth = u16(bytes, 6);
        int screenHeight = u16(bytes, 8);
        int transparent = -1;
        int at = 13 + tableBytes(bytes[10]);
        while (true) {
            int kind = at < bytes.length ? bytes[at] & 0xff : -1;
            if (kind == 0x2c) {
                break;
            }
            if (kind != 0x21) {
                throw kind == -1
                        ? ImageErrors.truncated(name, ImageFormat.GIF, "it ends before its first frame")
                        : ImageErrors.of(name, "corrupt GIF (it has no frame)");
            }
            if (at + 7 < bytes.length && (bytes[at + 1] & 0xff) == 0xf9 && (bytes[at + 3] & 1) != 0) {
                transparent = bytes[at + 6] & 0xff;
            }
            at = skipBlocks(bytes, at + 2, name);
        }
        if (at + 11 > bytes.length) {
            throw ImageErrors.truncated(name, ImageFormat.GIF, "it ends in the header of its first frame");
        }
        int left = u16(bytes, at + 1);
        int top = u16(bytes, at + 3);
        int width = u16(bytes, at + 5);
        int height = u16(bytes, at + 7);
        limits.checkPixels(name, width, height);
        // Walks the frame's data, so that a file broken off inside it is known for what it is.
        skipBlocks(bytes, at + 11 + tableBytes(bytes[at + 9]), name);
        int canvasWidth = Math.max(screenWidth, left + width);
        int canvasHeight = Math.max(screenHeight, top + height);
        limits.checkPixels(name, canvasWidth, canvasHeight);
        DecodedImage frame =
                Readers.read(ImageFormat.GIF, bytes, name, reader -> BufferedImages.decode(reader.read(0)));
        if (frame.width() != width || frame.height() != height || frame.mode() != Mode.PALETTE) {
            throw ImageErrors.of(name, "corrupt GIF (its headers disagree)");
        }
        if (canvasWidth == width && canvasHeight == height) {
            return frame;
        }
        DecodedImage canvas = BufferedImages.filled(frame, canvasWidth, canvasHeight, Math.max(0, transparent));
        for (int y = 0; y < height; y++) {
            System.arraycopy(frame.samples(), y * width, canvas.samples(), (top + y) * canvasWidth + left, width);
        }
        return canvas;
    }

    private static int tableBytes(byte flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private static int skipBlocks(byte[] bytes, int from, String name) {
        for (int at = from; at < bytes.length; ) {
            int length = bytes[at] & 0xff;
            at += length + 1;
            if (length == 0) {
                return at;
            }
        }
        throw ImageErrors.truncated(name, ImageFormat.GIF, "it ends before its first frame does");
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at + 1] & 0xff) << 8 | bytes[at] & 0xff;
    }
}
