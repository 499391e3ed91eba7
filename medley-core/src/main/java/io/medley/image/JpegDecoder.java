package io.medley.image;

import io.medley.image.DecodedImage.Mode;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageReader;

/**
 * JPEG through the JDK's native decoder, taking raw components and converting colours here: that avoids Java2D's colour profiles (Pillow
 * ignores them too), reads CMYK and YCCK, which the JDK refuses as pictures, and is faster.
 */
final class JpegDecoder {
    private static final int BITS = 16;
    private static final int HALF = 1 << (BITS - 1);

    private JpegDecoder() {}

    static DecodedImage decode(byte[] bytes, String name, ImageLimits limits) {
        JpegHeader header = JpegHeader.parse(bytes, name, limits);
        if (header.precision() != 8) {
            throw ImageErrors.of(name, "unsupported JPEG (" + header.precision() + " bits a sample; only 8 are read)");
        }
        if (header.components() != 1 && header.components() != 3 && header.components() != 4) {
            throw ImageErrors.of(name, "unsupported JPEG (" + header.components() + " components)");
        }
        DecodedImage image = Readers.read(ImageFormat.JPEG, bytes, name, reader -> decode(reader, header, name));
        return image.upright(ExifOrientation.of(header.exif()));
    }

    private static DecodedImage decode(ImageReader reader, JpegHeader header, String name) throws IOException {
        List<String> damage = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> {
            // Stray bytes between segments cost no pixels; all else of this kind does.
            String text = warning.toLowerCase(Locale.ROOT);
            if ((text.contains("corrupt") || text.contains("premature")) && !text.contains("extraneous")) {
                damage.add(warning);
            }
        });
        Raster raster = reader.readRaster(0, null);
        if (!damage.isEmpty()) {
            throw ImageErrors.of(name, "corrupt JPEG (" + ImageErrors.oneLine(damage.get(0)) + ")");
        }
        if (raster.getNumBands() != header.components()
                || raster.getWidth() != header.width()
                || raster.getHeight() != header.height()) {
            throw ImageErrors.of(name, "corrupt JPEG (its headers disagree)");
        }
        byte[] samples = BufferedImages.samples(raster, raster.getNumBands());
        Mode mode =
                switch (header.colours()) {
                    case GREY -> Mode.GRAY;
                    case RGB -> Mode.RGB;
                    case YCC -> {
                        toRgb(samples);
                        yield Mode.RGB;
                    }
                    case CMYK -> {
                        invert(samples);
                        yield Mode.CMYK;
                    }
                    case YCCK -> {
                        toCmyk(samples);
                        yield Mode.CMYK;
                    }
                };
        return new DecodedImage(mode, header.width(), header.height(), samples, null);
    }

    /** JFIF's YCbCr to RGB in place, in libjpeg's 16-bit fixed point. */
    private static void toRgb(byte[] samples) {
        int pixels = samples.length / 3;
        for (int p = 0; p < pixels; p++) {
            int i = 3 * p;
            int y = samples[i] & 0xff;
            int cb = (samples[i + 1] & 0xff) - 128;
            int cr = (samples[i + 2] & 0xff) - 128;
            samples[i] = red(y, cr);
            samples[i + 1] = green(y, cb, cr);
            samples[i + 2] = blue(y, cb);
        }
    }

    /**
     * YCCK to the CMYK of {@link Mode#CMYK} in place. Adobe stores ink inverted, libjpeg turns YCC into 255 - RGB, Pillow inverts that again: the
     * inks are the RGB values, and black is what is stored, inverted.
     */
    private static void toCmyk(byte[] samples) {
        for (int i = 0; i < samples.length; i += 4) {
            int y = samples[i] & 0xff;
            int cb = (samples[i + 1] & 0xff) - 128;
            int cr = (samples[i + 2] & 0xff) - 128;
            samples[i] = red(y, cr);
            samples[i + 1] = green(y, cb, cr);
            samples[i + 2] = blue(y, cb);
            samples[i + 3] = (byte) ~samples[i + 3];
        }
    }

    private static byte red(int y, int cr) {
        return clip(y + ((91881 * cr + HALF) >> BITS));
    }

    private static byte green(int y, int cb, int cr) {
        return clip(y + ((-22554 * cb - 46802 * cr + HALF) >> BITS));
    }

    private static byte blue(int y, int cb) {
        return clip(y + ((116130 * cb + HALF) >> BITS));
    }

    private static byte clip(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }

    private static void invert(byte[] samples) {
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) ~samples[i];
        }
    }
}
