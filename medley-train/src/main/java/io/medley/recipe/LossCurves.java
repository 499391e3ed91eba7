package io.medley.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tools.jackson.databind.ObjectMapper;

/** Draws the losses of a metrics file, each smoothed over a window of steps, as a PNG. */
final class LossCurves {
    private static final Set<String> NOT_LOSSES = Set.of("step", "loss", "lr", "grad_norm", "samples_per_s");
    private static final int WINDOW = 25;

    private LossCurves() {}

    static void draw(Path metrics, Path png, String title) throws IOException {
        var terms = new LinkedHashMap<String, List<Double>>();
        var json = new ObjectMapper();
        for (var line : Files.readAllLines(metrics)) {
            for (var field : json.readTree(line).properties()) {
                if (!NOT_LOSSES.contains(field.getKey())) {
                    terms.computeIfAbsent(field.getKey(), k -> new ArrayList<>())
                            .add(field.getValue().asDouble());
                }
            }
        }
        XYChart chart = new XYChartBuilder()
                .width(900)
                .height(420)
                .title(title)
                .xAxisTitle("step")
                .yAxisTitle("loss, mean of " + WINDOW + " steps")
                .build();
        terms.forEach((name, values) -> add(chart, name, values));
        var temporary = png.resolveSibling("." + png.getFileName());
        try (var out = Files.newOutputStream(temporary)) {
            BitmapEncoder.saveBitmap(chart, out, BitmapEncoder.BitmapFormat.PNG);
        }
        Files.move(temporary, png, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void add(XYChart chart, String name, List<Double> values) {
        var x = new ArrayList<Double>();
        var y = new ArrayList<Double>();
        for (int start = 0; start < values.size(); start += WINDOW) {
            var window = values.subList(start, Math.min(values.size(), start + WINDOW));
            x.add(start + window.size() / 2.0);
            y.add(window.stream().mapToDouble(v -> v).average().orElseThrow());
        }
        chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
    }

    /** The stages of a run that left metrics, with the title of their picture. */
    static Map<String, String> stages() {
        var stages = new LinkedHashMap<String, String>();
        stages.put("vision", "Start of the image encoder: kind and colour of patches, kinds present");
        stages.put("pretrain", "Pre-training on scenes: ITC, ITM, LM");
        stages.put("vqa", "Question answering on scenes");
        return stages;
    }
}
