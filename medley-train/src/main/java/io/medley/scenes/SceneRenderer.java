package io.medley.scenes;

import io.medley.scenes.Figure.Part;
import io.medley.scenes.Figure.Tone;
import io.medley.scenes.Scene.Group;
import io.medley.scenes.Scene.Light;
import io.medley.scenes.Scene.Surface;
import io.medley.scenes.Scene.Thing;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * Draws a {@link Scene} at any size. Stateless. The same scene and size give the same pixels on one JDK; the
 * anti-aliasing of edges is Java2D's, so another JDK may differ there by a few levels.
 */
final class SceneRenderer {
    private static final float OUTLINE = 0.045f;

    private SceneRenderer() {}

    /** The picture, {@code size} × {@code size} pixels of 0xRRGGBB, row by row. */
    static int[] pixels(Scene scene, int size) {
        var image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.scale(size, size);
        BackdropPainter.paint(g, scene);
        AffineTransform canvas = g.getTransform();
        for (Group group : scene.groups()) {
            for (Thing thing : group.things()) {
                g.transform(transform(thing));
                draw(g, group);
                g.setTransform(canvas);
            }
        }
        g.dispose();
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        light(pixels, size, scene.light(), scene.damage().noise(), scene.seed());
        if (scene.damage().jpegQuality() > 0) {
            JpegDamage.apply(pixels, size, size, scene.damage().jpegQuality());
        }
        return pixels;
    }

    /** From a figure's unit square to the picture, both in fractions. */
    static AffineTransform transform(Thing thing) {
        double w = thing.extent() * Math.min(1, thing.squash());
        double h = thing.extent() * Math.min(1, 1 / thing.squash());
        var transform = AffineTransform.getTranslateInstance(thing.x(), thing.y());
        transform.rotate(thing.turn());
        transform.scale(thing.mirrored() ? -w : w, h);
        return transform;
    }

    private static void draw(Graphics2D g, Group group) {
        Figure figure = group.kind().figure();
        g.setColor(new Color(outline(group.color())));
        g.setStroke(new BasicStroke(OUTLINE, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.draw(figure.silhouette());
        for (Part part : figure.parts()) {
            g.setColor(new Color(paint(part.tone(), group.color())));
            g.fill(part.shape());
        }
        if (group.surface() != Surface.SMOOTH) {
            int shade = paint(Tone.SHADE, group.color());
            g.setColor(new Color(SceneColors.mix(group.color().rgb(), shade, 0.7)));
            g.fill(group.surface() == Surface.STRIPED ? figure.stripes() : figure.spots());
        }
    }

    private static int outline(ThingColor color) {
        return color == ThingColor.WHITE ? 0x6E7078 : SceneColors.scale(color.rgb(), 0.4);
    }

    private static int paint(Tone tone, ThingColor color) {
        boolean black = color == ThingColor.BLACK;
        boolean white = color == ThingColor.WHITE;
        return switch (tone) {
            case MAIN -> color.rgb();
            case SHADE -> black ? 0x484850 : SceneColors.scale(color.rgb(), white ? 0.84 : 0.74);
            case LIGHT -> black ? 0x5A5A62 : white ? 0xDCDEE2 : SceneColors.mix(color.rgb(), 0xFFFFFF, 0.35);
            case DARK -> black ? 0x74747C : 0x28282C;
            case PALE -> white ? 0xBEC2CA : 0xF2F0E8;
            case GLASS -> color == ThingColor.BLUE ? 0xD8ECF8 : 0xB4D8EE;
            case WOOD -> color == ThingColor.BROWN ? 0x50321E : 0x8C6440;
            case GOLD -> color == ThingColor.YELLOW || color == ThingColor.ORANGE ? 0xA05A14 : 0xF0B428;
            case LEAF -> color == ThingColor.GREEN ? 0x1E6E32 : 0x5AA05A;
        };
    }

    /** Brightness, warmth, slope of light and Gaussian-like noise, in one pass over the pixels. */
    private static void light(int[] pixels, int size, Light light, double noise, long seed) {
        double sx = light.slope() * Math.cos(light.direction()) / size;
        double sy = light.slope() * Math.sin(light.direction()) / size;
        double red = light.gain() * (1 + light.warmth());
        double blue = light.gain() * (1 - light.warmth());
        // A sum of four bytes has standard deviation 147.8 levels.
        double scale = noise / 147.8;
        for (int y = 0, i = 0; y < size; y++) {
            for (int x = 0; x < size; x++, i++) {
                double local = 1 + sx * (x - size / 2.0) + sy * (y - size / 2.0);
                int p = pixels[i];
                long bits = SceneRandom.mix(seed + i * 0x9E3779B97F4A7C15L);
                double n = (fourBytes(bits) - 510) * scale;
                double m = (fourBytes(bits >>> 32) - 510) * scale * 0.5;
                pixels[i] = SceneColors.rgb(
                        SceneColors.red(p) * red * local + n + m,
                        SceneColors.green(p) * light.gain() * local + n,
                        SceneColors.blue(p) * blue * local + n - m);
            }
        }
    }

    private static double fourBytes(long bits) {
        return (bits & 255) + (bits >>> 8 & 255) + (bits >>> 16 & 255) + (bits >>> 24 & 255);
    }
}
