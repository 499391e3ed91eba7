package io.medley.image;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The RIFF container around a WebP: whether it is all there, whether the sizes its bit streams claim are bounded, and its Exif chunk.
 */
final class WebpChunks {
    private static final int RIFF_HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int FRAME_HEADER = 16;

    private final byte[] bytes;
    private final String name;
    private final ImageLimits limits;
    private byte @Nullable [] exif;

    private WebpChunks(byte[] bytes, String name, ImageLimits limits) {
        this.bytes = bytes;
        this.name = name;
        this.limits = limits;
    }

    /** Checks; the TIFF structure of the Exif chunk, or null. */
    static byte @Nullable [] exif(byte[] bytes, String name, ImageLimits limits) {
        WebpChunks chunks = new WebpChunks(bytes, name, limits);
        long end = CHUNK_HEADER + chunks.u32(4);
        if (end > bytes.length) {
            throw ImageErrors.truncated(name, ImageFormat.WEBP, "it ends before its length says");
        }
        chunks.walk(RIFF_HEADER, (int) end, true);
        return chunks.exif;
    }

    private void walk(int start, int end, boolean outer) {
        long next = start;
        while (next + CHUNK_HEADER <= end) {
            int at = (int) next;
            int data = at + CHUNK_HEADER;
            long length = u32(at + 4);
            if (length > end - data) {
                throw ImageErrors.of(name, "corrupt WebP (a chunk reaches beyond the end)");
            }
            int size = (int) length;
            switch (tag(at)) {
                case "VP8 " -> {
                    // Three bytes of frame tag, three of start code, then 14 bits of each side.
                    if (size >= 10) {
                        limits.checkPixels(name, u16(data + 6) & 0x3fff, u16(data + 8) & 0x3fff);
                    }
                }
                case "VP8L" -> {
                    if (size >= 5) {
                        long sides = u32(data + 1);
                        limits.checkPixels(name, (sides & 0x3fff) + 1, (sides >> 14 & 0x3fff) + 1);
                    }
                }
                case "ANMF" -> {
                    if (outer && size >= FRAME_HEADER) {
                        walk(data + FRAME_HEADER, data + size, false);
                    }
                }
                case "EXIF" -> {
                    // Some writers keep the prefix that JPEG wants.
                    int prefix = size >= 6 && bytes[data] == 'E' && bytes[data + 1] == 'x' ? 6 : 0;
                    exif = Arrays.copyOfRange(bytes, data + prefix, data + size);
                }
                default -> {
                    // Colour profiles, alpha and the like: nothing here to bound.
                }
            }
            next = data + length + (length & 1);
        }
    }

    private String tag(int at) {
        return new String(bytes, at, 4, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private int u16(int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }

    private long u32(int at) {
        return u16(at) | (long) u16(at + 2) << 16;
    }
}
