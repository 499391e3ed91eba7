package io.medley.bench;

import io.medley.model.blip.BlipConfig;
import io.medley.model.med.MedConfig;
import io.medley.model.vit.VitConfig;

/** Floating-point operations that BLIP's tasks need at least: two per multiply-add, image keys and values once per image. */
final class Flops {
    private Flops() {}

    static double image(VitConfig c) {
        double n = c.tokens();
        double patches = 2 * n * 3 * c.patchSize() * c.patchSize() * c.width();
        double linear = 2 * n * c.width() * (4.0 * c.width() + 2.0 * c.mlpWidth());
        double attention = 4 * n * n * c.width();
        return patches + c.depth() * (linear + attention);
    }

    static double imageMemory(BlipConfig c) {
        return c.text().layers()
                * 4.0
                * c.vision().tokens()
                * c.text().width()
                * c.vision().width();
    }

    /** Tokens that see {@code seen} text positions on average and all of an image. */
    static double text(BlipConfig c, double tokens, double seen) {
        MedConfig t = c.text();
        double linear = 2 * (6.0 * t.width() * t.width() + 2.0 * t.width() * t.mlpWidth());
        double attention = 4.0 * t.width() * (seen + c.vision().tokens());
        return tokens * t.layers() * (linear + attention);
    }

    static double head(BlipConfig c, double tokens) {
        MedConfig t = c.text();
        return tokens * 2 * ((double) t.width() * t.width() + (double) t.width() * t.vocabularySize());
    }

    static double caption(BlipConfig c, int images, int rowsPerImage, int prompt, int fresh) {
        double rows = (double) images * rowsPerImage;
        return images * (image(c.vision()) + imageMemory(c))
                + text(c, rows * (prompt + fresh - 1), (prompt + fresh) / 2.0)
                + head(c, rows * fresh);
    }

    static double match(BlipConfig c, int images, int textsPerImage, int tokens) {
        return images * (image(c.vision()) + imageMemory(c))
                + text(c, (double) images * textsPerImage * tokens, tokens);
    }
}
