package io.medley.scenes;

import static io.medley.scenes.Figure.Tone.DARK;
import static io.medley.scenes.Figure.Tone.GLASS;
import static io.medley.scenes.Figure.Tone.GOLD;
import static io.medley.scenes.Figure.Tone.LIGHT;
import static io.medley.scenes.Figure.Tone.MAIN;
import static io.medley.scenes.Figure.Tone.PALE;
import static io.medley.scenes.Figure.Tone.SHADE;
import static io.medley.scenes.Figure.Tone.WOOD;

/** Drawings of vehicles. */
final class VehicleFigures {
    private VehicleFigures() {}

    static Figure car() {
        return new FigureBuilder()
                .path(MAIN, "M18,50 C26,22 34,20 50,20 C66,20 72,24 82,50 Z")
                .round(MAIN, 2, 44, 96, 28, 11)
                .poly(GLASS, 27, 46, 35, 28, 47, 28, 47, 46)
                .poly(GLASS, 53, 46, 53, 28, 63, 28, 73, 46)
                .disc(GOLD, 94, 54, 4)
                .disc(DARK, 25, 72, 13)
                .disc(DARK, 75, 72, 13)
                .disc(PALE, 25, 72, 5)
                .disc(PALE, 75, 72, 5)
                .mark("back wheel", 25, 72)
                .mark("front wheel", 75, 72)
                .mark("headlight", 94, 54)
                .mark("roof", 50, 21)
                .build();
    }

    static Figure bus() {
        return new FigureBuilder()
                .round(MAIN, 2, 16, 96, 62, 8)
                .rect(GLASS, 8, 24, 17, 20)
                .rect(GLASS, 29, 24, 17, 20)
                .rect(GLASS, 50, 24, 17, 20)
                .rect(GLASS, 72, 24, 20, 44)
                .rect(SHADE, 2, 54, 66, 6)
                .disc(DARK, 22, 78, 11)
                .disc(DARK, 74, 78, 11)
                .disc(PALE, 22, 78, 4)
                .disc(PALE, 74, 78, 4)
                .mark("back wheel", 22, 78)
                .mark("front wheel", 74, 78)
                .mark("door", 82, 48)
                .mark("roof", 50, 17)
                .build();
    }

    static Figure truck() {
        return new FigureBuilder()
                .rect(DARK, 4, 68, 92, 8)
                .rect(MAIN, 2, 14, 58, 56)
                .path(MAIN, "M65,34 L82,34 Q86,34 89,42 L98,54 L98,72 L65,72 Z")
                .poly(GLASS, 71, 40, 81, 40, 88, 54, 71, 54)
                .rect(SHADE, 16, 14, 4, 56)
                .rect(SHADE, 42, 14, 4, 56)
                .disc(DARK, 18, 78, 11)
                .disc(DARK, 44, 78, 11)
                .disc(DARK, 82, 78, 11)
                .disc(PALE, 18, 78, 4)
                .disc(PALE, 44, 78, 4)
                .disc(PALE, 82, 78, 4)
                .mark("back wheel", 18, 78)
                .mark("front wheel", 82, 78)
                .mark("window", 79, 47)
                .mark("load", 30, 40)
                .build();
    }

    static Figure boat() {
        return new FigureBuilder()
                .rect(WOOD, 46.5, 4, 5, 62)
                .path(MAIN, "M54,4 Q90,30 92,58 L54,58 Z")
                .path(LIGHT, "M44,14 Q18,36 14,58 L44,58 Z")
                .path(MAIN, "M2,66 L98,66 C92,84 84,94 76,94 L24,94 C14,94 6,84 2,66")
                .rect(SHADE, 8, 74, 84, 5)
                .mark("mast top", 49, 4)
                .mark("bow", 97, 67)
                .mark("stern", 3, 67)
                .build();
    }

    static Figure plane() {
        return new FigureBuilder()
                .poly(SHADE, 50, 78, 72, 92, 72, 98, 50, 92, 28, 98, 28, 92)
                .poly(MAIN, 50, 32, 98, 60, 98, 70, 50, 58, 2, 70, 2, 60)
                .path(MAIN, "M50,2 C60,8 60,24 59,40 L55,92 L50,97 L45,92 L41,40 C40,24 40,8 50,2")
                .path(GLASS, "M43,18 Q50,8 57,18 Q50,22 43,18")
                .round(DARK, 22, 46, 8, 14, 3)
                .round(DARK, 70, 46, 8, 14, 3)
                .mark("nose", 50, 3)
                .mark("left wing", 3, 65)
                .mark("right wing", 97, 65)
                .mark("tail", 50, 96)
                .build();
    }

    static Figure rocket() {
        return new FigureBuilder()
                .poly(GOLD, 38, 76, 62, 76, 56, 88, 50, 99, 44, 88)
                .path(SHADE, "M36,48 Q14,62 16,88 L38,74 Z")
                .path(SHADE, "M64,48 Q86,62 84,88 L62,74 Z")
                .path(MAIN, "M50,1 C76,24 72,58 65,78 L35,78 C28,58 24,24 50,1")
                .disc(PALE, 50, 38, 12)
                .disc(GLASS, 50, 38, 8)
                .rect(SHADE, 34, 70, 32, 5)
                .mark("nose", 50, 2)
                .mark("window", 50, 38)
                .mark("left fin", 16, 87)
                .mark("right fin", 84, 87)
                .build();
    }

    static Figure balloon() {
        return new FigureBuilder()
                .line(DARK, 2.5, "M36,62 L43,84")
                .line(DARK, 2.5, "M64,62 L57,84")
                .path(MAIN, "M50,1 C90,1 94,38 64,68 L36,68 C6,38 10,1 50,1")
                .path(SHADE, "M50,1 C66,14 66,44 56,68 L44,68 C34,44 34,14 50,1")
                .path(MAIN, "M50,1 C58,14 58,44 53,68 L47,68 C42,44 42,14 50,1")
                .round(WOOD, 39, 82, 22, 17, 4)
                .mark("top", 50, 2)
                .mark("basket", 50, 90)
                .mark("mouth", 50, 68)
                .build();
    }
}
