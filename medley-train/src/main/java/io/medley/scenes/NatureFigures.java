package io.medley.scenes;

import static io.medley.scenes.Figure.Tone.DARK;
import static io.medley.scenes.Figure.Tone.GOLD;
import static io.medley.scenes.Figure.Tone.LEAF;
import static io.medley.scenes.Figure.Tone.LIGHT;
import static io.medley.scenes.Figure.Tone.MAIN;
import static io.medley.scenes.Figure.Tone.PALE;
import static io.medley.scenes.Figure.Tone.SHADE;
import static io.medley.scenes.Figure.Tone.WOOD;

import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;

/** Drawings of plants and weather. */
final class NatureFigures {
    private NatureFigures() {}

    static Figure tree() {
        return new FigureBuilder()
                .path(WOOD, "M43,56 L57,56 L58,90 Q60,97 68,98 L32,98 Q40,97 42,90 Z")
                .disc(MAIN, 30, 44, 23)
                .disc(MAIN, 70, 44, 23)
                .disc(MAIN, 50, 26, 25)
                .disc(MAIN, 50, 50, 20)
                .line(SHADE, 3.5, "M26,52 Q34,60 44,54")
                .line(SHADE, 3.5, "M46,34 Q56,42 66,32")
                .mark("top", 50, 2)
                .mark("foot", 50, 97)
                .mark("crown", 50, 40)
                .build();
    }

    static Figure flower() {
        var builder = new FigureBuilder()
                .line(LEAF, 6, "M50,40 L50,97")
                .path(LEAF, "M50,90 Q24,88 20,64 Q44,66 50,90")
                .path(LEAF, "M50,90 Q76,88 80,64 Q56,66 50,90");
        for (int i = 0; i < 6; i++) {
            double angle = Math.PI * i / 3;
            builder.disc(MAIN, 50 + 19 * Math.sin(angle), 33 - 19 * Math.cos(angle), 13);
        }
        return builder.disc(GOLD, 50, 33, 11)
                .mark("heart", 50, 33)
                .mark("foot", 50, 97)
                .mark("left leaf", 21, 65)
                .mark("right leaf", 79, 65)
                .build();
    }

    static Figure mushroom() {
        return new FigureBuilder()
                .path(PALE, "M38,50 L62,50 Q62,78 70,94 Q50,100 30,94 Q38,78 38,50")
                .path(MAIN, "M3,56 C3,-14 97,-14 97,56 Q50,66 3,56")
                .disc(PALE, 50, 20, 9)
                .disc(PALE, 24, 38, 8)
                .disc(PALE, 76, 38, 8)
                .disc(PALE, 50, 47, 6)
                .mark("top", 50, 5)
                .mark("foot", 50, 96)
                .mark("left edge", 4, 55)
                .mark("right edge", 96, 55)
                .build();
    }

    static Figure cactus() {
        return new FigureBuilder()
                .line(MAIN, 15, "M48,62 L20,62 L20,36")
                .line(MAIN, 15, "M52,52 L80,52 L80,24")
                .round(MAIN, 39, 4, 22, 84, 11)
                .line(SHADE, 2.5, "M46,14 L46,78")
                .line(SHADE, 2.5, "M54,14 L54,78")
                .poly(WOOD, 28, 82, 72, 82, 66, 99, 34, 99)
                .mark("top", 50, 4)
                .mark("left arm", 20, 29)
                .mark("right arm", 80, 17)
                .mark("pot", 50, 90)
                .build();
    }

    static Figure sun() {
        var builder = new FigureBuilder();
        for (int i = 0; i < 10; i++) {
            double a = Math.PI * i / 5;
            double w = 0.17;
            builder.poly(
                    MAIN,
                    50 + 49 * Math.sin(a),
                    50 - 49 * Math.cos(a),
                    50 + 30 * Math.sin(a + w),
                    50 - 30 * Math.cos(a + w),
                    50 + 30 * Math.sin(a - w),
                    50 - 30 * Math.cos(a - w));
        }
        return builder.disc(MAIN, 50, 50, 27)
                .disc(DARK, 41, 45, 3.5)
                .disc(DARK, 59, 45, 3.5)
                .line(DARK, 3.5, "M38,56 Q50,68 62,56")
                .mark("centre", 50, 50)
                .mark("top ray", 50, 1)
                .build();
    }

    static Figure cloud() {
        return new FigureBuilder()
                .round(MAIN, 4, 52, 92, 28, 14)
                .disc(MAIN, 26, 52, 18)
                .disc(MAIN, 52, 40, 24)
                .disc(MAIN, 76, 54, 17)
                .line(LIGHT, 4, "M36,38 Q42,24 54,24")
                .mark("top", 52, 17)
                .mark("left end", 5, 66)
                .mark("right end", 95, 66)
                .build();
    }

    static Figure moon() {
        var crescent = new Area(new Ellipse2D.Double(8, 2, 96, 96));
        crescent.subtract(new Area(new Ellipse2D.Double(42, -4, 84, 84)));
        return new FigureBuilder()
                .shape(MAIN, crescent)
                .disc(SHADE, 26, 46, 5)
                .disc(SHADE, 36, 70, 6)
                .disc(SHADE, 58, 84, 4)
                .mark("upper tip", 60, 3)
                .mark("lower tip", 93, 77)
                .mark("back", 10, 56)
                .build();
    }
}
