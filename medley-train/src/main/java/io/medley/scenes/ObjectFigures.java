package io.medley.scenes;

import static io.medley.scenes.Figure.Tone.DARK;
import static io.medley.scenes.Figure.Tone.GLASS;
import static io.medley.scenes.Figure.Tone.GOLD;
import static io.medley.scenes.Figure.Tone.MAIN;
import static io.medley.scenes.Figure.Tone.SHADE;
import static io.medley.scenes.Figure.Tone.WOOD;

/** Drawings of buildings, plain shapes and tools. */
final class ObjectFigures {
    private ObjectFigures() {}

    static Figure house() {
        return new FigureBuilder()
                .rect(SHADE, 70, 8, 11, 28)
                .rect(MAIN, 14, 42, 72, 54)
                .poly(SHADE, 2, 48, 50, 4, 98, 48)
                .rect(WOOD, 42, 64, 18, 32)
                .rect(GLASS, 20, 56, 16, 16)
                .rect(GLASS, 66, 56, 14, 16)
                .mark("roof", 50, 5)
                .mark("door", 51, 80)
                .mark("chimney", 75, 10)
                .build();
    }

    static Figure castle() {
        var builder = new FigureBuilder().rect(MAIN, 20, 48, 60, 48);
        for (int i = 0; i < 4; i++) {
            builder.rect(MAIN, 30 + i * 11, 41, 6, 9);
        }
        for (int side = 0; side < 2; side++) {
            double x = side * 70;
            builder.rect(MAIN, 2 + x, 26, 26, 70);
            for (int i = 0; i < 3; i++) {
                builder.rect(MAIN, 2 + x + i * 9.5, 17, 7, 11);
            }
            builder.rect(DARK, 12 + x, 42, 6, 13);
        }
        return builder.line(WOOD, 2.5, "M15,18 L15,2")
                .poly(GOLD, 16, 1, 32, 6, 16, 12)
                .path(DARK, "M39,96 L39,74 C39,60 61,60 61,74 L61,96 Z")
                .mark("left tower", 15, 18)
                .mark("right tower", 85, 18)
                .mark("gate", 50, 82)
                .mark("flag", 30, 6)
                .build();
    }

    static Figure circle() {
        return new FigureBuilder().disc(MAIN, 50, 50, 47).mark("centre", 50, 50).build();
    }

    static Figure square() {
        return new FigureBuilder()
                .rect(MAIN, 7, 7, 86, 86)
                .mark("upper left corner", 7, 7)
                .mark("upper right corner", 93, 7)
                .mark("lower right corner", 93, 93)
                .mark("lower left corner", 7, 93)
                .build();
    }

    static Figure triangle() {
        return new FigureBuilder()
                .poly(MAIN, 50, 4, 98, 92, 2, 92)
                .mark("top corner", 50, 4)
                .mark("right corner", 98, 92)
                .mark("left corner", 2, 92)
                .build();
    }

    static Figure star() {
        double[] xy = new double[20];
        for (int i = 0; i < 10; i++) {
            double r = i % 2 == 0 ? 51 : 21;
            xy[2 * i] = 50 + r * Math.sin(Math.PI * i / 5);
            xy[2 * i + 1] = 54 - r * Math.cos(Math.PI * i / 5);
        }
        return new FigureBuilder()
                .poly(MAIN, xy)
                .mark("top point", xy[0], xy[1])
                .mark("right point", xy[4], xy[5])
                .mark("left point", xy[16], xy[17])
                .build();
    }

    static Figure heart() {
        return new FigureBuilder()
                .path(MAIN, "M50,95 C16,68 2,50 2,32 C2,4 40,0 50,26 C60,0 98,4 98,32 C98,50 84,68 50,95")
                .mark("lower point", 50, 95)
                .mark("notch", 50, 26)
                .build();
    }

    static Figure umbrella() {
        return new FigureBuilder()
                .line(DARK, 5, "M50,46 L50,86 Q50,96 41,96 Q33,96 33,88")
                .line(DARK, 4, "M50,12 L50,3")
                .path(MAIN, "M2,54 C2,-8 98,-8 98,54 Q86,42 74,54 Q62,42 50,54 Q38,42 26,54 Q14,42 2,54")
                .line(SHADE, 3, "M26,52 Q30,22 50,8")
                .line(SHADE, 3, "M74,52 Q70,22 50,8")
                .mark("top", 50, 3)
                .mark("handle", 33, 88)
                .mark("left edge", 3, 53)
                .mark("right edge", 97, 53)
                .build();
    }
}
