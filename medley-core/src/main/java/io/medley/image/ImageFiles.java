package io.medley.image;

import io.medley.tensor.MedleyException;
import java.awt.Point;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes pictures. A file appears whole or not at all: it is written under a temporary name beside its place, then renamed. */
public final class ImageFiles {
    private ImageFiles() {}

    /** A PNG of 8-bit RGB. */
    public static byte[] encodePng(RgbImage image) {
        return encode(view(image), "png", -1);
    }

    /** A PNG of a Java2D picture, such as a plot. Works also while the process is ending, when nothing can be cached on disk any more. */
    public static byte[] encodePng(BufferedImage image) {
        return encode(image, "png", -1);
    }

    /**
     * A baseline JPEG with halved chroma.
     *
     * @param quality 1 to 100 on libjpeg's scale
     */
    public static byte[] encodeJpeg(RgbImage image, int quality) {
        if (quality < 1 || quality > 100) {
            throw new MedleyException("JPEG quality: expected 1 to 100, got " + quality);
        }
        return encode(view(image), "jpeg", quality / 100f);
    }

    /** Writes a PNG; the directory must exist, a file of that name is replaced. */
    public static void writePng(RgbImage image, Path file) throws IOException {
        write(file, encodePng(image));
    }

    /** Writes a JPEG, see {@link #encodeJpeg}. */
    public static void writeJpeg(RgbImage image, Path file, int quality) throws IOException {
        write(file, encodeJpeg(image, quality));
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            Files.write(temporary, bytes, StandardOpenOption.CREATE_NEW);
            try {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static byte[] encode(BufferedImage image, String format, float quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam param = writer.getDefaultWriteParam();
            if (quality > 0) {
                param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                param.setCompressionQuality(quality);
            }
            writer.write(null, new IIOImage(image, null, null), param);
        } catch (IOException e) {
            throw new MedleyException(
                    "cannot encode a picture of " + image.getWidth() + " × " + image.getHeight() + " as " + format
                            + " (" + e.getMessage() + ")",
                    e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** The pixels as a Java2D picture, not copied. */
    private static BufferedImage view(RgbImage image) {
        WritableRaster raster = Raster.createInterleavedRaster(
                new DataBufferByte(image.rgb(), image.rgb().length),
                image.width(),
                image.height(),
                image.width() * 3,
                3,
                new int[] {0, 1, 2},
                new Point(0, 0));
        ComponentColorModel colours = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB),
                false,
                false,
                ComponentColorModel.OPAQUE,
                DataBuffer.TYPE_BYTE);
        return new BufferedImage(colours, raster, false, null);
    }
}
