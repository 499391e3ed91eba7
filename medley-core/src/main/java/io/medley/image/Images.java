package io.medley.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Picture files: JPEG (CMYK too), PNG, WebP, BMP, GIF and TIFF, told by content and not by extension; of several frames the first. Pictures are turned
 * upright by their Exif orientation. Bytes are hostile until proven otherwise: sizes are bounded before anything is decoded, a truncated file
 * is an error and never half a picture, and whatever is wrong comes out as one {@link io.medley.tensor.MedleyException} that begins
 * with the file's name. Thread-safe; no caches, nothing on disk.
 */
public final class Images {
    private Images() {}

    /** The picture in a file as RGB, like PIL's {@code convert("RGB")}, within {@link ImageLimits#DEFAULT}. */
    public static RgbImage read(Path file) {
        return read(file, ImageLimits.DEFAULT);
    }

    /** As {@link #read(Path)}, within {@code limits}. */
    public static RgbImage read(Path file, ImageLimits limits) {
        return decode(file, limits).toRgb();
    }

    /** The picture in {@code bytes} as RGB; {@code name} is what errors call it. */
    public static RgbImage read(byte[] bytes, String name) {
        return read(bytes, name, ImageLimits.DEFAULT);
    }

    /** As {@link #read(byte[], String)}, within {@code limits}. */
    public static RgbImage read(byte[] bytes, String name, ImageLimits limits) {
        return decode(bytes, name, limits).toRgb();
    }

    /** The picture as its file holds it (palette, alpha, grey), for transforms that resize before they convert. */
    public static DecodedImage decode(Path file, ImageLimits limits) {
        return decode(load(file, limits), file.toString(), limits);
    }

    /** As {@link #decode(Path, ImageLimits)}, from memory. */
    public static DecodedImage decode(byte[] bytes, String name, ImageLimits limits) {
        limits.checkBytes(name, bytes.length);
        ImageFormat format = ImageFormat.of(bytes, name);
        return switch (format) {
            case JPEG -> JpegDecoder.decode(bytes, name, limits);
            case PNG -> PngDecoder.decode(bytes, name, limits);
            case GIF -> GifDecoder.decode(bytes, name, limits);
            case WEBP, BMP, TIFF -> PlainDecoder.decode(format, bytes, name, limits);
        };
    }

    private static byte[] load(Path file, ImageLimits limits) {
        String name = file.toString();
        if (Files.isDirectory(file)) {
            throw ImageErrors.of(name, "is a directory; give an image file");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw ImageErrors.of(name, "is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            limits.checkBytes(name, Files.size(file));
            byte[] bytes = in.readNBytes((int) limits.maxBytes() + 1);
            limits.checkBytes(name, bytes.length);
            return bytes;
        } catch (NoSuchFileException e) {
            throw ImageErrors.of(name, "no such file");
        } catch (AccessDeniedException e) {
            throw ImageErrors.of(name, "may not be read (permission denied)");
        } catch (IOException e) {
            throw new io.medley.tensor.MedleyException(
                    ImageErrors.oneLine(name) + ": cannot be read ("
                            + ImageErrors.oneLine(String.valueOf(e.getMessage())) + ")",
                    e);
        }
    }
}
