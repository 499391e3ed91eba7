package io.medley.scenes;

import io.medley.image.ImageFiles;
import io.medley.image.RgbImage;

/** File formats scenes are written in. */
public enum PictureFormat {
    /** Lossless. */
    PNG("png"),
    /** Quality 92. */
    JPEG("jpg");

    private static final int JPEG_QUALITY = 92;
    private final String extension;

    PictureFormat(String extension) {
        this.extension = extension;
    }

    /** The end of file names, without a dot. */
    public String extension() {
        return extension;
    }

    /** The file's bytes. */
    byte[] encode(RgbImage image) {
        return this == PNG ? ImageFiles.encodePng(image) : ImageFiles.encodeJpeg(image, JPEG_QUALITY);
    }
}
