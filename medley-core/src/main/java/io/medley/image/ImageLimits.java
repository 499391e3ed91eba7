package io.medley.image;

/**
 * What a picture may cost before it is refused; checked against the header, before anything is decoded.
 *
 * @param maxPixels width × height
 * @param maxBytes size of the file
 */
public record ImageLimits(long maxPixels, long maxBytes) {
    /** 100 megapixels (300 MB decoded) and 256 MiB. */
    public static final ImageLimits DEFAULT = new ImageLimits(100_000_000, 256L << 20);

    public ImageLimits {
        if (maxPixels < 1 || maxBytes < 1 || maxPixels > 500_000_000 || maxBytes > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "ImageLimits: pixels must be 1 to 500000000 and bytes 1 to 2147483639, got " + maxPixels + " and "
                            + maxBytes);
        }
    }

    void checkBytes(String name, long bytes) {
        if (bytes > maxBytes) {
            throw ImageErrors.of(
                    name,
                    "too large (more than " + maxBytes + " bytes); shrink the picture or raise the limit of bytes");
        }
    }

    void checkPixels(String name, long width, long height) {
        if (width < 1 || height < 1) {
            throw ImageErrors.of(name, "corrupt (its header says " + width + "x" + height + " pixels)");
        }
        if (width > maxPixels || height > maxPixels || width * height > maxPixels) {
            throw ImageErrors.of(
                    name,
                    "too many pixels (" + width + "x" + height + ", the limit is " + maxPixels
                            + "); shrink the picture or raise the limit of pixels");
        }
    }
}
