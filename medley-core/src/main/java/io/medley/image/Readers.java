package io.medley.image;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Runs one ImageIO reader over bytes in memory: no disk cache, no metadata, and nothing but {@link MedleyException} comes out. */
final class Readers {
    private Readers() {}

    /** A use of an open reader. */
    interface Use<T> {
        T with(ImageReader reader) throws IOException;
    }

    static <T> T read(ImageFormat format, byte[] bytes, String name, Use<T> use) {
        ImageReader reader = null;
        try (ImageInputStream input = new BytesInput(bytes)) {
            reader = open(format);
            reader.setInput(input, false, true);
            return use.with(reader);
        } catch (MedleyException e) {
            throw e;
        } catch (java.io.EOFException e) {
            throw ImageErrors.truncated(name, format, "it ends before its pixels do");
        } catch (OutOfMemoryError e) {
            // Readers allocate what the file claims; the claim was too large for this heap, and nothing is left half
            // done.
            throw ImageErrors.of(name, "needs more memory than the JVM has; raise -Xmx or shrink the picture");
        } catch (IOException | RuntimeException e) {
            // Readers of foreign bytes throw whatever their array accesses throw.
            throw ImageErrors.corrupt(name, format, e);
        } finally {
            if (reader != null) {
                reader.dispose();
            }
        }
    }

    private static ImageReader open(ImageFormat format) throws IOException {
        return switch (format) {
            case WEBP -> new WebPImageReaderSpi().createReaderInstance(null);
            case TIFF -> new TIFFImageReaderSpi().createReaderInstance(null);
            case JPEG, PNG, BMP, GIF -> platformReader(format.title());
        };
    }

    /** The JDK's own reader: faster than the pure-Java ones, and its behaviour is the one tested here. */
    private static ImageReader platformReader(String format) throws IOException {
        for (Iterator<ImageReader> all = ImageIO.getImageReadersByFormatName(format); all.hasNext(); ) {
            ImageReader reader = all.next();
            if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
                return reader;
            }
            reader.dispose();
        }
        throw new IOException("this Java has no " + format + " reader; its module java.desktop is needed");
    }
}
