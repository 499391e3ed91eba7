package io.medley.data;

import java.util.Set;

/**
 * A picture as its file holds it. Reading and writing shards leaves these bytes as they are.
 *
 * @param extension the end of the file's name without a dot, lower case ({@code jpg}); says nothing certain about the contents
 * @param bytes the file; by convention not written to
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity on purpose: nobody compares megabytes by accident
public record EncodedImage(String extension, byte[] bytes) {
    /** Extensions by which files among others are taken for pictures. */
    public static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff");
}
