package io.medley.bootstrap;

import io.medley.checkpoint.AtomicFile;
import io.medley.image.ImageFiles;
import io.medley.recipe.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChartBuilder;
import tools.jackson.databind.json.JsonMapper;

/** Tables and pictures of what an experiment's folder holds: means over the seeds, and standard deviations where there are several. */
final class BootstrapTables {
    private static final List<String> FIGURES = List.of(
            "text retrieval R@1",
            "image retrieval R@1",
            "ITM AUC",
            "caption CIDEr",
            "caption kind+colour F1",
            "caption truthful",
            "VQA accuracy");

    private final Path folder;

    BootstrapTables(Path folder) {
        this.folder = folder;
    }

    /** Writes {@code bootstrapping.md} and the pictures; returns the tables. */
    String write() throws IOException {
        var arms = arms();
        var text = arms(arms) + "\n" + filters();
        AtomicFile.write(folder.resolve("bootstrapping.md"), text);
        for (var figure : FIGURES) {
            draw(figure, arms);
        }
        return text;
    }

    private Map<Arm, List<Map<String, Double>>> arms() throws IOException {
        var arms = new LinkedHashMap<Arm, List<Map<String, Double>>>();
        for (var arm : Arm.values()) {
            var found = found("figures-" + arm.word());
            if (!found.isEmpty()) {
                arms.put(arm, found);
            }
        }
        return arms;
    }

    /** What stages of one name hold, seed by seed. */
    private List<Map<String, Double>> found(String stage) throws IOException {
        var found = new ArrayList<Map<String, Double>>();
        try (var seeds = Files.list(folder)) {
            for (var seed : seeds.filter(f -> f.getFileName().toString().startsWith("seed-"))
                    .sorted()
                    .toList()) {
                var file = seed.resolve(stage).resolve(BootstrapExperiment.FIGURES);
                if (Files.exists(file)) {
                    var figures = new LinkedHashMap<String, Double>();
                    JsonMapper.shared()
                            .readTree(Files.readString(file))
                            .properties()
                            .forEach(entry ->
                                    figures.put(entry.getKey(), entry.getValue().asDouble(Double.NaN)));
                    found.add(figures);
                }
            }
        }
        return found;
    }

    private static Spread spread(List<Map<String, Double>> seeds, String figure) {
        return Spread.of(seeds.stream()
                .filter(figures -> figures.containsKey(figure))
                .map(figures -> figures.getOrDefault(figure, Double.NaN))
                .toList());
    }

    private static String arms(Map<Arm, List<Map<String, Double>>> arms) {
        var table = new StringBuilder("| pre-trained on | seeds");
        FIGURES.forEach(figure -> table.append(" | ").append(figure));
        table.append(" |\n|---|---").append("|---".repeat(FIGURES.size())).append("|\n");
        arms.forEach((arm, seeds) -> {
            table.append("| ").append(arm.word()).append(" | ").append(seeds.size());
            FIGURES.forEach(
                    figure -> table.append(" | ").append(spread(seeds, figure).text()));
            table.append(" |\n");
        });
        return table.toString();
    }

    private String filters() throws IOException {
        var table = new StringBuilder("| captions and filter");
        var columns = new LinkedHashMap<Arm.Texts, List<Map<String, Double>>>();
        for (var texts : Arm.Texts.values()) {
            var found = found("filter-" + texts.word());
            if (!found.isEmpty()) {
                columns.put(texts, found);
                table.append(" | ").append(texts.word());
            }
        }
        if (columns.isEmpty()) {
            return "";
        }
        table.append(" |\n|---").append("|---".repeat(columns.size())).append("|\n");
        for (var figure : columns.values().iterator().next().get(0).keySet()) {
            table.append("| ").append(figure);
            columns.values().forEach(seeds -> table.append(" | ")
                    .append(spread(seeds, figure).text()));
            table.append(" |\n");
        }
        return table.toString();
    }

    private void draw(String figure, Map<Arm, List<Map<String, Double>>> arms) throws IOException {
        var names = new ArrayList<String>();
        var means = new ArrayList<Double>();
        var deviations = new ArrayList<Double>();
        arms.forEach((arm, seeds) -> {
            var spread = spread(seeds, figure);
            if (spread.count() > 0) {
                names.add(arm.word());
                means.add(spread.mean());
                deviations.add(spread.count() > 1 ? spread.deviation() : 0);
            }
        });
        if (names.isEmpty()) {
            return;
        }
        var chart = new CategoryChartBuilder()
                .width(700)
                .height(360)
                .title(figure)
                .yAxisTitle("mean, deviation over seeds")
                .build();
        chart.getStyler().setLegendVisible(false);
        chart.addSeries(figure, names, means, deviations);
        var name = "bootstrapping-" + figure.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".png";
        try (var out = new AtomicFile(folder.resolve(name))) {
            out.write(ImageFiles.encodePng(BitmapEncoder.getBufferedImage(chart)));
            out.commit();
        }
    }
}
