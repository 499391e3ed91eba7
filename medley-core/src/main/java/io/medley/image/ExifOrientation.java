package io.medley.image;

import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifDirectoryBase;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import org.jspecify.annotations.Nullable;

/** The orientation tag (0x0112) of an Exif block. */
final class ExifOrientation {
    /** Cameras write some kilobytes; more than this is not read for one number. */
    private static final int MAX_BYTES = 1 << 20;

    private ExifOrientation() {}

    /** 1 to 8; 1 (upright) where there is no tag, or none that makes sense. A broken Exif block does not make a broken picture. */
    static int of(byte @Nullable [] tiff) {
        if (tiff == null || tiff.length < 14 || tiff.length > MAX_BYTES) {
            return 1;
        }
        try {
            Metadata metadata = new Metadata();
            new ExifReader().extract(new ByteArrayReader(tiff), metadata);
            ExifIFD0Directory directory = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
            Integer value = directory == null ? null : directory.getInteger(ExifDirectoryBase.TAG_ORIENTATION);
            return value == null || value < 1 || value > 8 ? 1 : value;
        } catch (RuntimeException e) {
            return 1;
        }
    }
}
