package io.medley.cli;

import io.medley.image.ImageFiles;
import io.medley.image.Images;
import io.medley.scenes.Question;
import io.medley.scenes.SceneSample;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Draws test scenes the model has never seen, and writes them as files. */
final class DemoPictures {
    private static final int SIZE = 320;
    private static final int JPEG_QUALITY = 92;
    private static final int QUESTIONS = 3;

    private DemoPictures() {}

    /** The first scenes of the test split from {@code first} on, every other one as JPEG. */
    static List<DemoPicture> write(Path directory, int count, long first) throws IOException {
        Files.createDirectories(directory);
        List<DemoPicture> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SceneSample sample = Scenes.of(SceneSplit.TEST).sample(first + i, SIZE);
            boolean png = i % 2 == 0;
            Path file = directory.resolve(String.format(Locale.ROOT, "scene-%02d.%s", i + 1, png ? "png" : "jpg"));
            if (png) {
                ImageFiles.writePng(sample.image(), file);
            } else {
                ImageFiles.writeJpeg(sample.image(), file, JPEG_QUALITY);
            }
            pictures.add(
                    new DemoPicture(file, Images.read(file), sample.captions().get(0), differing(sample.questions())));
        }
        return pictures;
    }

    /** One question of each type, as far as wanted. */
    private static List<Question> differing(List<Question> questions) {
        Set<Question.Type> seen = EnumSet.noneOf(Question.Type.class);
        return questions.stream()
                .filter(question -> seen.add(question.type()))
                .limit(QUESTIONS)
                .toList();
    }
}
