package io.medley.image;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a JPEG says of itself before its pixels, and whether it is all there.
 *
 * @param exif the TIFF structure inside the Exif segment, or null
 */
record JpegHeader(int width, int height, int components, int precision, Colours colours, byte @Nullable [] exif) {
    /** A progressive file may repeat its scans without end; libjpeg-turbo's own advice for hostile files. */
    private static final int MAX_SCANS = 500;

    /** What the components mean, by the rules of libjpeg. */
    enum Colours {
        GREY,
        RGB,
        YCC,
        CMYK,
        YCCK
    }

    /** Walks the whole file, so that a truncated one is known before it is decoded to half a picture. */
    static JpegHeader parse(byte[] bytes, String name, ImageLimits limits) {
        int width = 0;
        int height = 0;
        int components = 0;
        int precision = 8;
        int scans = 0;
        int[] ids = new int[4];
        boolean jfif = false;
        int adobe = -1;
        byte[] exif = null;
        int at = 2;
        while (true) {
            at = nextMarker(bytes, at, name);
            int marker = bytes[at - 1] & 0xff;
            if (marker == 0xd9) {
                break;
            }
            if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
                continue;
            }
            if (at + 2 > bytes.length) {
                throw truncated(name, "it ends in a segment header");
            }
            int length = u16(bytes, at);
            if (length < 2) {
                throw ImageErrors.of(name, "corrupt JPEG (a segment of length " + length + ")");
            }
            if (at + length > bytes.length) {
                throw truncated(name, "it ends inside a segment");
            }
            int data = at + 2;
            int size = length - 2;
            at += length;
            if (isFrame(marker)) {
                if (width != 0) {
                    throw ImageErrors.of(name, "corrupt JPEG (two frames)");
                }
                if (size < 6 || size < 6 + 3 * (bytes[data + 5] & 0xff)) {
                    throw ImageErrors.of(name, "corrupt JPEG (frame header too short)");
                }
                precision = bytes[data] & 0xff;
                height = u16(bytes, data + 1);
                width = u16(bytes, data + 3);
                components = bytes[data + 5] & 0xff;
                limits.checkPixels(name, width, height);
                for (int i = 0; i < Math.min(components, 4); i++) {
                    ids[i] = bytes[data + 6 + 3 * i] & 0xff;
                }
            } else if (marker == 0xe0 && size >= 5 && startsWith(bytes, data, "JFIF\0")) {
                jfif = true;
            } else if (marker == 0xe1 && exif == null && size > 6 && startsWith(bytes, data, "Exif\0")) {
                exif = Arrays.copyOfRange(bytes, data + 6, data + size);
            } else if (marker == 0xee && size >= 12 && startsWith(bytes, data, "Adobe")) {
                adobe = bytes[data + 11] & 0xff;
            } else if (marker == 0xda) {
                if (width == 0) {
                    throw ImageErrors.of(name, "corrupt JPEG (pixels before the frame header)");
                }
                if (++scans > MAX_SCANS) {
                    throw ImageErrors.of(name, "refused JPEG (more than " + MAX_SCANS + " scans)");
                }
                at = endOfScan(bytes, at, name);
            }
        }
        if (scans == 0) {
            throw ImageErrors.of(name, "corrupt JPEG (it has no pixels)");
        }
        return new JpegHeader(width, height, components, precision, colours(components, ids, jfif, adobe), exif);
    }

    /** The position behind the next marker; bytes that belong to nothing are skipped, as every decoder does. */
    private static int nextMarker(byte[] bytes, int from, String name) {
        for (int i = from; i + 1 < bytes.length; i++) {
            if (bytes[i] == (byte) 0xff && bytes[i + 1] != 0 && bytes[i + 1] != (byte) 0xff) {
                return i + 2;
            }
        }
        throw truncated(name, "it has no end marker");
    }

    /** Inside a scan 0xff is followed by 0 (stuffing), a restart marker or another 0xff (filling). */
    private static int endOfScan(byte[] bytes, int from, String name) {
        for (int i = from; i + 1 < bytes.length; i++) {
            if (bytes[i] == (byte) 0xff) {
                int next = bytes[i + 1] & 0xff;
                if (next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7)) {
                    return i;
                }
            }
        }
        throw truncated(name, "its pixels break off");
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private static Colours colours(int components, int[] ids, boolean jfif, int adobe) {
        if (components == 1) {
            return Colours.GREY;
        }
        if (components == 4) {
            return adobe == -1 || adobe == 0 ? Colours.CMYK : Colours.YCCK;
        }
        if (jfif) {
            return Colours.YCC;
        }
        if (adobe != -1) {
            return adobe == 0 ? Colours.RGB : Colours.YCC;
        }
        return ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B' ? Colours.RGB : Colours.YCC;
    }

    private static RuntimeException truncated(String name, String where) {
        return ImageErrors.truncated(name, ImageFormat.JPEG, where);
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    private static boolean startsWith(byte[] bytes, int offset, String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[offset + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
