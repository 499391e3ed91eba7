package io.medley.scenes;

import io.medley.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** File formats scenes are written in. */
public enum PictureFormat {
    /** Lossless. */
    PNG("png"),
    /** Quality 0.92. */
    JPEG("jpg");

    private static final float JPEG_QUALITY = 0.92f;
    private final String extension;

    PictureFormat(String extension) {
        this.extension = extension;
    }

    /** The end of file names, without a dot. */
    public String extension() {
        return extension;
    }

    /** The file's bytes. */
    byte[] encode(RgbImage image) throws IOException {
        BufferedImage picture = image.toBufferedImage();
        var bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName(this == PNG ? "png" : "jpeg")
                .next();
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam options = writer.getDefaultWriteParam();
            if (this == JPEG) {
                options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                options.setCompressionQuality(JPEG_QUALITY);
            }
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), options);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
