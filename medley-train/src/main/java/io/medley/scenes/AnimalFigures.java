package io.medley.scenes;

import static io.medley.scenes.Figure.Tone.DARK;
import static io.medley.scenes.Figure.Tone.GOLD;
import static io.medley.scenes.Figure.Tone.LIGHT;
import static io.medley.scenes.Figure.Tone.MAIN;
import static io.medley.scenes.Figure.Tone.PALE;
import static io.medley.scenes.Figure.Tone.SHADE;

/** Drawings of animals. */
final class AnimalFigures {
    private AnimalFigures() {}

    static Figure cat() {
        return new FigureBuilder()
                .line(MAIN, 9, "M68,88 C96,94 98,66 86,50")
                .oval(MAIN, 50, 73, 24, 25)
                .poly(MAIN, 26, 34, 27, 3, 48, 20)
                .poly(MAIN, 74, 34, 73, 3, 52, 20)
                .oval(MAIN, 50, 36, 26, 21)
                .oval(LIGHT, 50, 78, 12, 15)
                .oval(DARK, 40, 34, 4, 5)
                .oval(DARK, 60, 34, 4, 5)
                .poly(DARK, 46, 44, 54, 44, 50, 49)
                .line(SHADE, 3, "M42,98 L42,86")
                .line(SHADE, 3, "M58,98 L58,86")
                .mark("left ear", 29, 8)
                .mark("right ear", 71, 8)
                .mark("nose", 50, 46)
                .mark("tail", 86, 50)
                .build();
    }

    static Figure dog() {
        return new FigureBuilder()
                .line(MAIN, 8, "M18,48 Q6,42 6,24")
                .rect(SHADE, 30, 62, 9, 30)
                .rect(SHADE, 58, 62, 9, 30)
                .round(MAIN, 14, 40, 58, 28, 12)
                .rect(MAIN, 17, 58, 10, 36)
                .rect(MAIN, 62, 52, 10, 42)
                .poly(MAIN, 54, 48, 70, 20, 84, 44, 70, 58)
                .round(MAIN, 60, 16, 26, 26, 11)
                .round(MAIN, 76, 26, 22, 14, 6)
                .oval(SHADE, 63, 32, 7, 15)
                .disc(DARK, 96, 29, 4)
                .disc(DARK, 78, 25, 3)
                .mark("nose", 96, 29)
                .mark("ear", 63, 32)
                .mark("tail", 6, 24)
                .mark("front foot", 67, 94)
                .mark("back foot", 22, 94)
                .build();
    }

    static Figure bird() {
        return new FigureBuilder()
                .line(DARK, 3.5, "M44,74 L42,94 L34,94")
                .line(DARK, 3.5, "M54,74 L54,94 L46,94")
                .poly(GOLD, 82, 34, 99, 42, 82, 48)
                .poly(MAIN, 30, 54, 2, 44, 6, 66)
                .path(MAIN, "M18,56 C26,84 74,86 78,48 L56,40 Z")
                .disc(MAIN, 73, 38, 15)
                .path(SHADE, "M64,56 C56,30 40,12 18,6 C20,30 26,56 46,64 Z")
                .disc(PALE, 77, 35, 5)
                .disc(DARK, 78, 35, 3)
                .mark("beak", 99, 42)
                .mark("wing tip", 18, 6)
                .mark("tail", 4, 55)
                .mark("eye", 78, 35)
                .build();
    }

    static Figure fish() {
        return new FigureBuilder()
                .poly(SHADE, 30, 32, 44, 12, 62, 32)
                .poly(SHADE, 36, 70, 48, 86, 58, 68)
                .path(MAIN, "M66,50 L98,22 Q88,50 98,78 Z")
                .path(MAIN, "M2,52 C14,18 60,18 80,50 C60,84 16,84 2,52")
                .line(SHADE, 3, "M32,32 Q42,50 32,70")
                .disc(PALE, 20, 44, 7)
                .disc(DARK, 19, 44, 4)
                .mark("mouth", 3, 53)
                .mark("eye", 20, 44)
                .mark("tail", 92, 50)
                .mark("fin", 44, 14)
                .build();
    }

    static Figure rabbit() {
        return new FigureBuilder()
                .oval(MAIN, 38, 24, 9, 24)
                .oval(MAIN, 62, 24, 9, 24)
                .oval(LIGHT, 38, 25, 4, 17)
                .oval(LIGHT, 62, 25, 4, 17)
                .oval(MAIN, 50, 82, 24, 17)
                .disc(PALE, 75, 86, 8)
                .oval(MAIN, 50, 54, 22, 19)
                .oval(DARK, 42, 51, 3.5, 4.5)
                .oval(DARK, 58, 51, 3.5, 4.5)
                .oval(LIGHT, 50, 62, 8, 6)
                .rect(PALE, 46, 64, 8, 8)
                .mark("left ear", 38, 2)
                .mark("right ear", 62, 2)
                .mark("nose", 50, 60)
                .mark("tail", 75, 86)
                .build();
    }

    static Figure turtle() {
        return new FigureBuilder()
                .poly(LIGHT, 14, 66, 1, 76, 18, 76)
                .round(LIGHT, 18, 62, 15, 24, 6)
                .round(LIGHT, 58, 62, 15, 24, 6)
                .path(LIGHT, "M70,68 C80,70 78,40 90,40 C102,42 100,66 82,74 Z")
                .path(MAIN, "M8,70 C8,14 80,14 80,70 Z")
                .poly(SHADE, 36, 36, 52, 36, 60, 52, 44, 64, 28, 52)
                .line(SHADE, 3, "M36,36 L30,28")
                .line(SHADE, 3, "M52,36 L58,28")
                .line(SHADE, 3, "M28,52 L12,56")
                .line(SHADE, 3, "M60,52 L76,56")
                .round(SHADE, 6, 66, 76, 7, 3)
                .disc(DARK, 91, 50, 3)
                .mark("head", 92, 48)
                .mark("tail", 2, 76)
                .mark("shell", 44, 28)
                .build();
    }

    static Figure butterfly() {
        return new FigureBuilder()
                .path(MAIN, "M50,46 C40,10 4,2 4,28 C4,50 28,58 50,52 Z")
                .path(MAIN, "M50,46 C60,10 96,2 96,28 C96,50 72,58 50,52 Z")
                .path(MAIN, "M50,50 C28,52 10,64 18,84 C28,98 46,80 50,58 Z")
                .path(MAIN, "M50,50 C72,52 90,64 82,84 C72,98 54,80 50,58 Z")
                .disc(LIGHT, 22, 30, 8)
                .disc(LIGHT, 78, 30, 8)
                .disc(SHADE, 30, 72, 7)
                .disc(SHADE, 70, 72, 7)
                .line(DARK, 3, "M50,26 Q44,14 36,8")
                .line(DARK, 3, "M50,26 Q56,14 64,8")
                .round(DARK, 45.5, 24, 9, 60, 4.5)
                .mark("left wing", 8, 20)
                .mark("right wing", 92, 20)
                .mark("head", 50, 26)
                .build();
    }

    static Figure snail() {
        return new FigureBuilder()
                .line(LIGHT, 4, "M82,50 L76,28")
                .line(LIGHT, 4, "M88,50 L94,28")
                .disc(DARK, 76, 26, 4)
                .disc(DARK, 94, 26, 4)
                .path(LIGHT, "M2,88 C20,70 60,76 72,70 C76,50 80,44 88,44 C100,46 98,88 78,88 Z")
                .disc(MAIN, 42, 48, 32)
                .line(SHADE, 5.5, "M42,50 C50,50 50,40 42,40 C28,40 28,60 42,62 C62,62 62,28 42,28 C22,28 18,52 26,66")
                .mark("left eye", 76, 26)
                .mark("right eye", 94, 26)
                .mark("shell", 42, 48)
                .mark("tail", 4, 87)
                .build();
    }
}
