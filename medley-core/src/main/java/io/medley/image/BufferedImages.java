package io.medley.image;

import io.medley.image.DecodedImage.Mode;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.util.Arrays;

/**
 * Java2D pictures as Pillow would hold them. Samples are taken as they stand wherever the colour model allows: Java2D's own conversions apply
 * gamma and colour profiles, which Pillow does not.
 */
final class BufferedImages {
    private BufferedImages() {}

    static DecodedImage decode(BufferedImage image) {
        ColorModel colours = image.getColorModel();
        if (colours.isAlphaPremultiplied() && colours.hasAlpha()) {
            return decodeByColourModel(image);
        }
        if (colours instanceof IndexColorModel indexed && indexed.getMapSize() <= 256) {
            return decodeIndexed(image.getRaster(), indexed);
        }
        int bits = bitsOfSample(image.getRaster());
        if (colours instanceof ComponentColorModel && bits != 0) {
            int space = colours.getColorSpace().getType();
            boolean alpha = colours.hasAlpha();
            int bands = image.getRaster().getNumBands();
            if (space == ColorSpace.TYPE_GRAY && bands == (alpha ? 2 : 1)) {
                return decodeSamples(image.getRaster(), alpha ? Mode.GRAY_ALPHA : Mode.GRAY, bits);
            }
            if (space == ColorSpace.TYPE_RGB && bands == (alpha ? 4 : 3)) {
                return decodeSamples(image.getRaster(), alpha ? Mode.RGBA : Mode.RGB, bits);
            }
            if (space == ColorSpace.TYPE_CMYK && bands == 4) {
                return decodeSamples(image.getRaster(), Mode.CMYK, bits);
            }
        }
        return decodeByColourModel(image);
    }

    /** Interleaved 8-bit samples of a raster in band order, straight from its buffer where the layout allows. */
    static byte[] samples(Raster raster, int bands) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(width, height), bands)];
        if (raster.getSampleModel() instanceof PixelInterleavedSampleModel model
                && raster.getDataBuffer() instanceof DataBufferByte buffer
                && buffer.getNumBanks() == 1
                && model.getPixelStride() == bands
                && model.getNumBands() == bands) {
            copyInterleaved(raster, model, buffer, out);
            return out;
        }
        int[] row = new int[width * bands];
        for (int y = 0, to = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int value : row) {
                out[to++] = (byte) value;
            }
        }
        return out;
    }

    private static void copyInterleaved(
            Raster raster, PixelInterleavedSampleModel model, DataBufferByte buffer, byte[] out) {
        int bands = model.getNumBands();
        int length = raster.getWidth() * bands;
        byte[] data = buffer.getData();
        int[] offsets = model.getBandOffsets();
        boolean inOrder = true;
        for (int b = 0; b < bands; b++) {
            inOrder &= offsets[b] == offsets[0] + b;
        }
        int start = buffer.getOffset()
                + (raster.getMinY() - raster.getSampleModelTranslateY()) * model.getScanlineStride()
                + (raster.getMinX() - raster.getSampleModelTranslateX()) * bands;
        for (int y = 0; y < raster.getHeight(); y++) {
            int from = start + y * model.getScanlineStride();
            if (inOrder) {
                System.arraycopy(data, from + offsets[0], out, y * length, length);
            } else if (bands == 3) {
                int a = from + offsets[0];
                int b = from + offsets[1];
                int c = from + offsets[2];
                for (int to = y * length, end = to + length; to < end; to += 3, a += 3, b += 3, c += 3) {
                    out[to] = data[a];
                    out[to + 1] = data[b];
                    out[to + 2] = data[c];
                }
            } else {
                for (int x = 0, to = y * length; x < length; x += bands) {
                    for (int band = 0; band < bands; band++) {
                        out[to++] = data[from + x + offsets[band]];
                    }
                }
            }
        }
    }

    /** 8 or 16 where every band has that many bits as unsigned integers, else 0. */
    private static int bitsOfSample(Raster raster) {
        int type = raster.getSampleModel().getDataType();
        int bits = type == DataBuffer.TYPE_BYTE ? 8 : type == DataBuffer.TYPE_USHORT ? 16 : 0;
        for (int size : raster.getSampleModel().getSampleSize()) {
            bits = size == bits ? bits : 0;
        }
        return bits;
    }

    private static DecodedImage decodeSamples(Raster raster, Mode mode, int bits) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        if (bits == 8) {
            return new DecodedImage(mode, width, height, samples(raster, mode.channels()), null);
        }
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(width, height), mode.channels())];
        int[] row = new int[width * mode.channels()];
        for (int y = 0, to = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int value : row) {
                // Pillow keeps the high byte of colours, but clips 16-bit grey ("I;16" to "L").
                out[to++] = (byte) (mode == Mode.GRAY ? Math.min(255, value) : value >> 8);
            }
        }
        return new DecodedImage(mode, width, height, out, null);
    }

    private static DecodedImage decodeIndexed(Raster raster, IndexColorModel colours) {
        byte[] palette = new byte[768];
        for (int i = 0; i < colours.getMapSize(); i++) {
            palette[i * 3] = (byte) colours.getRed(i);
            palette[i * 3 + 1] = (byte) colours.getGreen(i);
            palette[i * 3 + 2] = (byte) colours.getBlue(i);
        }
        return new DecodedImage(Mode.PALETTE, raster.getWidth(), raster.getHeight(), samples(raster, 1), palette);
    }

    private static DecodedImage decodeByColourModel(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        boolean alpha = image.getColorModel().hasAlpha();
        int channels = alpha ? 4 : 3;
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(width, height), channels)];
        int[] row = new int[width];
        for (int y = 0, to = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int argb : row) {
                out[to++] = (byte) (argb >> 16);
                out[to++] = (byte) (argb >> 8);
                out[to++] = (byte) argb;
                if (alpha) {
                    out[to++] = (byte) (argb >>> 24);
                }
            }
        }
        return new DecodedImage(alpha ? Mode.RGBA : Mode.RGB, width, height, out, null);
    }

    /** A palette whose colours are all grey, as the grey picture it stands for. */
    static DecodedImage greyOfPalette(DecodedImage image) {
        byte[] palette = image.palette();
        if (palette == null) {
            return image;
        }
        byte[] grey = new byte[image.samples().length];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = palette[(image.samples()[i] & 0xff) * 3];
        }
        return new DecodedImage(Mode.GRAY, image.width(), image.height(), grey, null);
    }

    static DecodedImage filled(DecodedImage like, int width, int height, int index) {
        byte[] samples = new byte[Math.multiplyExact(width, height)];
        Arrays.fill(samples, (byte) index);
        return new DecodedImage(like.mode(), width, height, samples, like.palette());
    }
}
