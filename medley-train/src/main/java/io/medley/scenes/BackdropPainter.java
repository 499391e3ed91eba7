package io.medley.scenes;

import io.medley.scenes.Scene.Backdrop;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** Paints what is behind the things, on a canvas of side 1. */
final class BackdropPainter {
    private BackdropPainter() {}

    static void paint(Graphics2D g, Scene scene) {
        Backdrop b = scene.backdrop();
        var random = new SceneRandom(scene.seed());
        g.setColor(new Color(b.upper()));
        g.fill(new Rectangle2D.Double(0, 0, 1, 1));
        switch (b.background()) {
            case PLAIN -> gradient(g, b.upper(), b.lower(), 0, 1);
            case SKY -> gradient(g, b.upper(), b.lower(), 0, 1);
            case STRIPES -> stripes(g, b, random.chance(0.5));
            case CHECKS -> checks(g, b);
            case DOTS -> dots(g, b);
            case GRASS -> {
                sky(g, b);
                ground(g, b, random, 0.03);
                blades(g, b, random, 0.82, 0.035);
            }
            case SAND -> {
                sky(g, b);
                ground(g, b, random, 0.02);
                specks(g, b, random, 0.86);
            }
            case SNOW -> {
                sky(g, b);
                ground(g, b, random, 0.05);
                flakes(g, random);
            }
            case SEA -> {
                sky(g, b);
                ground(g, b, random, 0);
                waves(g, b, random);
            }
            case NIGHT -> {
                gradient(g, b.upper(), SceneColors.scale(b.upper(), 1.25), 0, b.horizon());
                ground(g, b, random, 0.04);
                lights(g, b, random);
            }
            case ROAD -> {
                sky(g, b);
                ground(g, b, random, 0);
                lane(g, b);
            }
            case ROOM -> {
                ground(g, b, random, 0);
                boards(g, b);
            }
        }
    }

    private static void gradient(Graphics2D g, int from, int to, double top, double bottom) {
        g.setPaint(new GradientPaint(0, (float) top, new Color(from), 0, (float) bottom, new Color(to)));
        g.fill(new Rectangle2D.Double(0, top, 1, bottom - top));
    }

    private static void sky(Graphics2D g, Backdrop b) {
        gradient(g, b.upper(), SceneColors.mix(b.upper(), 0xFFFFFF, 0.35), 0, b.horizon() + 0.05);
    }

    /** Everything under a wavy horizon. */
    private static void ground(Graphics2D g, Backdrop b, SceneRandom random, double hills) {
        double h = b.horizon();
        var path = new Path2D.Double();
        path.moveTo(0, h + random.between(-hills, hills));
        path.curveTo(0.3, h + random.between(-2, 2) * hills, 0.7, h + random.between(-2, 2) * hills, 1, h);
        path.lineTo(1, 1);
        path.lineTo(0, 1);
        path.closePath();
        g.setColor(new Color(b.lower()));
        g.fill(path);
    }

    private static void blades(Graphics2D g, Backdrop b, SceneRandom random, double gain, double height) {
        g.setColor(new Color(SceneColors.scale(b.lower(), gain)));
        var path = new Path2D.Double();
        for (int i = 0; i < 24; i++) {
            double x = random.unit();
            double y = random.between(b.horizon() + 0.05, 1);
            path.moveTo(x - 0.008, y);
            path.lineTo(x + random.between(-0.01, 0.01), y - height);
            path.lineTo(x + 0.008, y);
            path.closePath();
        }
        g.fill(path);
    }

    private static void specks(Graphics2D g, Backdrop b, SceneRandom random, double gain) {
        g.setColor(new Color(SceneColors.scale(b.lower(), gain)));
        for (int i = 0; i < 16; i++) {
            double r = random.between(0.004, 0.009);
            g.fill(new Ellipse2D.Double(random.unit(), random.between(b.horizon() + 0.06, 1), 3 * r, r));
        }
    }

    private static void flakes(Graphics2D g, SceneRandom random) {
        g.setColor(Color.WHITE);
        for (int i = 0; i < 20; i++) {
            double r = random.between(0.012, 0.022);
            g.fill(new Ellipse2D.Double(random.unit(), random.unit(), r, r));
        }
    }

    private static void waves(Graphics2D g, Backdrop b, SceneRandom random) {
        g.setColor(new Color(SceneColors.mix(b.lower(), 0xFFFFFF, 0.4)));
        for (int i = 0; i < 9; i++) {
            double x = random.between(-0.05, 0.95);
            double y = random.between(b.horizon() + 0.03, 0.98);
            g.fill(new Ellipse2D.Double(x, y, random.between(0.08, 0.2), 0.014));
        }
    }

    private static void lights(Graphics2D g, Backdrop b, SceneRandom random) {
        g.setColor(new Color(0xC8CDE1));
        for (int i = 0; i < 14; i++) {
            double r = random.between(0.008, 0.014);
            g.fill(new Ellipse2D.Double(random.unit(), random.unit() * b.horizon(), r, r));
        }
    }

    private static void lane(Graphics2D g, Backdrop b) {
        g.setColor(new Color(0xDCDCD2));
        double y = (b.horizon() + 1) / 2;
        for (int i = 0; i < 4; i++) {
            g.fill(new Rectangle2D.Double(0.04 + 0.26 * i, y, 0.14, 0.022));
        }
    }

    private static void boards(Graphics2D g, Backdrop b) {
        g.setColor(new Color(SceneColors.scale(b.lower(), 0.85)));
        g.fill(new Rectangle2D.Double(0, b.horizon(), 1, 0.018));
        for (double y = b.horizon() + 0.09; y < 1; y += 0.09) {
            g.fill(new Rectangle2D.Double(0, y, 1, 0.008));
        }
    }

    private static void stripes(Graphics2D g, Backdrop b, boolean upright) {
        g.setColor(new Color(b.lower()));
        for (double at = 0; at < 1; at += b.horizon()) {
            double wide = b.horizon() / 2;
            g.fill(upright ? new Rectangle2D.Double(at, 0, wide, 1) : new Rectangle2D.Double(0, at, 1, wide));
        }
    }

    private static void checks(Graphics2D g, Backdrop b) {
        g.setColor(new Color(b.lower()));
        var path = new Path2D.Double();
        double p = b.horizon();
        for (int i = 0; i * p < 1; i++) {
            for (int j = i % 2; j * p < 1; j += 2) {
                path.append(new Rectangle2D.Double(j * p, i * p, p, p), false);
            }
        }
        g.fill(path);
    }

    private static void dots(Graphics2D g, Backdrop b) {
        g.setColor(new Color(b.lower()));
        var path = new Path2D.Double();
        double p = b.horizon();
        for (int i = 0; i * p < 1; i++) {
            for (int j = 0; j * p < 1; j++) {
                path.append(new Ellipse2D.Double((j + (i % 2) * 0.5) * p, (i + 0.3) * p, p * 0.42, p * 0.42), false);
            }
        }
        g.fill(path);
    }
}
