package io.medley.recipe;

import io.medley.checkpoint.AtomicFile;
import io.medley.image.ImageFiles;
import io.medley.image.RgbImage;
import io.medley.recipe.GenerationEvaluation.Row;
import io.medley.task.GenerationOptions;
import io.medley.task.GenerationOptions.Sampler;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Writes down what a training of text to picture came to: {@code evaluation.md} and {@code samples.png}. */
public final class GenerationReport {
    /** What the table is called. */
    public static final String FILE = "evaluation.md";

    private static final int SHOWN = 24;
    private static final int COLUMNS = 8;
    private static final int ENLARGED = 3;
    private static final int GAP = 4;

    private GenerationReport() {}

    /**
     * Draws a picture for each of {@code count} texts in every way, and lets {@code judge} look at them.
     *
     * @param model draws
     * @param judge captions and matches
     * @param imageSize of the pictures drawn, in pixels
     */
    public static void write(Model model, Model judge, int imageSize, int count, Path folder, Consumer<String> say)
            throws IOException {
        var generator =
                model.imageGenerator().orElseThrow(() -> new MedleyException(model.name() + ": cannot draw pictures"));
        var evaluation = new GenerationEvaluation(generator, judge, count);
        say.accept("drawing " + count + " scenes of the test split in " + ways().size() + " ways");
        var table = new StringBuilder(
                "| way | kind+colour F1 | of one group | kind F1 | colour accuracy | ITM | s a picture |\n"
                        + "|---|---|---|---|---|---|---|\n");
        add(table, evaluation.real(imageSize), say);
        add(table, evaluation.chance(GenerationOptions.DEFAULT), say);
        for (var way : ways()) {
            add(table, evaluation.drawn(way), say);
        }
        var images = evaluation.draw(GenerationOptions.DEFAULT);
        png(folder.resolve("samples.png"), sheet(images.subList(0, Math.min(SHOWN, images.size()))));
        AtomicFile.write(folder.resolve(FILE), table.toString());
    }

    /** Steps against quality for every sampler, then what guidance does. */
    private static List<GenerationOptions> ways() {
        var ways = new ArrayList<GenerationOptions>();
        ways.add(GenerationOptions.DEFAULT);
        for (var sampler : List.of(Sampler.EULER, Sampler.HEUN, Sampler.DPM, Sampler.ANCESTRAL)) {
            for (int steps : new int[] {1, 2, 4, 8, 16}) {
                ways.add(GenerationOptions.DEFAULT.withSampler(sampler).withSteps(steps));
            }
        }
        for (double guidance : new double[] {0, 1, 2, 5}) {
            ways.add(GenerationOptions.DEFAULT
                    .withSampler(Sampler.DPM)
                    .withSteps(8)
                    .withGuidance(guidance));
        }
        return ways;
    }

    private static void add(StringBuilder table, Row row, Consumer<String> say) {
        var line = String.format(
                Locale.ROOT,
                "| %s | %.3f | %.3f | %.3f | %.3f | %.3f | %s |",
                row.name(),
                row.pairs(),
                row.single(),
                row.kinds(),
                row.colors(),
                row.match(),
                Double.isNaN(row.seconds()) ? "" : String.format(Locale.ROOT, "%.2f", row.seconds()));
        say.accept(line);
        table.append(line).append('\n');
    }

    /** Pictures side by side, enlarged, on white. */
    private static RgbImage sheet(List<RgbImage> images) {
        int side = images.get(0).width() * ENLARGED + GAP;
        int columns = Math.min(COLUMNS, images.size());
        int rows = (images.size() + columns - 1) / columns;
        int width = columns * side;
        var rgb = new byte[3 * width * rows * side];
        java.util.Arrays.fill(rgb, (byte) 0xff);
        for (int i = 0; i < images.size(); i++) {
            var image = images.get(i);
            for (int y = 0; y < image.height() * ENLARGED; y++) {
                for (int x = 0; x < image.width() * ENLARGED; x++) {
                    int at = 3 * ((i / columns * side + y) * width + i % columns * side + x);
                    for (int c = 0; c < 3; c++) {
                        rgb[at + c] = (byte) image.get(x / ENLARGED, y / ENLARGED, c);
                    }
                }
            }
        }
        return new RgbImage(width, rows * side, rgb);
    }

    private static void png(Path file, RgbImage image) throws IOException {
        var temporary = file.resolveSibling("." + file.getFileName());
        Files.write(temporary, ImageFiles.encodePng(image));
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
