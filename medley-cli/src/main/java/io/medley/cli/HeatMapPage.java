package io.medley.cli;

import io.medley.image.AttentionOverlay;
import io.medley.image.ImageFiles;
import io.medley.image.RgbImage;
import io.medley.task.Explanation;
import io.medley.task.HeatMap;
import io.medley.task.WordMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** An explanation as PNG files and a page that shows them. */
final class HeatMapPage {
    private final Path directory;

    HeatMapPage(Path directory) {
        this.directory = directory;
    }

    Path index() {
        return directory.resolve("index.html");
    }

    Path overall() {
        return directory.resolve("overall.png");
    }

    /** For example {@code word-03-cat.png}; only letters and digits of the word go into the name. */
    Path word(int position, String word) {
        String safe = word.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "");
        return directory.resolve(String.format(
                Locale.ROOT,
                "word-%02d-%s.png",
                position + 1,
                safe.isEmpty() ? "mark" : safe.substring(0, Math.min(30, safe.length()))));
    }

    /** Writes all files; the page last. */
    void write(String source, RgbImage image, Explanation explanation) throws IOException {
        Files.createDirectories(directory);
        OutputFile.write(overall(), ImageFiles.encodePng(overlay(image, explanation.overall())));
        List<WordMap> words = explanation.words();
        for (int i = 0; i < words.size(); i++) {
            OutputFile.write(
                    word(i, words.get(i).word()),
                    ImageFiles.encodePng(overlay(image, words.get(i).map())));
        }
        OutputFile.write(index(), html(source, explanation).getBytes(StandardCharsets.UTF_8));
    }

    /** The map in colours over the picture, as LAVIS draws it. */
    static RgbImage overlay(RgbImage image, HeatMap map) {
        float[] values = map.values();
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return AttentionOverlay.draw(image, wide, map.rows(), map.columns(), true);
    }

    private String html(String source, Explanation explanation) {
        StringBuilder body = new StringBuilder();
        body.append(String.format(
                Locale.ROOT,
                "<h1>%s</h1>%n<p class=\"note\">%s &middot; score %.4f &middot; red: much evidence, blue: little</p>%n",
                Html.text(explanation.text()),
                Html.text(source),
                explanation.score()));
        body.append("<div class=\"row\">\n").append(Html.figure(overall().getFileName() + "", "overall"));
        for (int i = 0; i < explanation.words().size(); i++) {
            String word = explanation.words().get(i).word();
            body.append(Html.figure(word(i, word).getFileName() + "", word));
        }
        return Html.page(
                "Explanation: " + explanation.text(), body.append("</div>\n").toString());
    }
}
