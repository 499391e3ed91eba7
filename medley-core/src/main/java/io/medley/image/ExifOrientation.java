package io.medley.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The orientation tag (0x0112) in the first directory of a TIFF structure, which an Exif block is too. One number is all that is wanted, so
 * nothing else of a block that may be hostile is looked at.
 */
final class ExifOrientation {
    private static final int TAG = 0x0112;
    private static final int SHORT = 3;
    private static final int ENTRY_BYTES = 12;

    private ExifOrientation() {}

    /** 1 to 8; 1 (upright) where there is no tag, or none that makes sense. A broken Exif block does not make a broken picture. */
    static int of(byte @Nullable [] tiff) {
        if (tiff == null || tiff.length < 8) {
            return 1;
        }
        ByteBuffer data = ByteBuffer.wrap(tiff);
        if (tiff[0] == 'I' && tiff[1] == 'I') {
            data.order(ByteOrder.LITTLE_ENDIAN);
        } else if (tiff[0] != 'M' || tiff[1] != 'M') {
            return 1;
        }
        long directory = data.getInt(4) & 0xffffffffL;
        if (data.getShort(2) != 42 || directory + 2 > tiff.length) {
            return 1;
        }
        int entries = data.getShort((int) directory) & 0xffff;
        int at = (int) directory + 2;
        for (int i = 0; i < entries && at + ENTRY_BYTES <= tiff.length; i++, at += ENTRY_BYTES) {
            if ((data.getShort(at) & 0xffff) == TAG && data.getShort(at + 2) == SHORT) {
                int value = data.getShort(at + 8);
                return value >= 1 && value <= 8 ? value : 1;
            }
        }
        return 1;
    }
}
