package io.medley.train;

import io.medley.checkpoint.AtomicFile;
import io.medley.image.ImageFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws columns of a metrics file over the steps as a PNG; long ones as means over equal windows. */
final class Plots {
    private static final int POINTS = 150;

    private Plots() {}

    /** One curve for each of the named columns. */
    static void draw(MetricsTable metrics, Collection<String> columns, String title, Path png) throws IOException {
        int window = Math.max(1, metrics.rows() / POINTS);
        XYChart chart = new XYChartBuilder()
                .width(900)
                .height(420)
                .title(title)
                .xAxisTitle("step")
                .yAxisTitle(window == 1 ? "" : "mean of " + window + " steps")
                .build();
        boolean empty = true;
        for (var column : columns) {
            var curve = curve(metrics, column, window);
            if (!curve.isEmpty()) {
                empty = false;
                chart.addSeries(column, new ArrayList<>(curve.keySet()), new ArrayList<>(curve.values()))
                        .setMarker(SeriesMarkers.NONE);
            }
        }
        if (empty) {
            return;
        }
        // Not the library's own encoder, which cannot write while the process is asked to end.
        var bytes = ImageFiles.encodePng(BitmapEncoder.getBufferedImage(chart));
        try (var out = new AtomicFile(png)) {
            out.write(bytes);
            out.commit();
        }
    }

    private static Map<Double, Double> curve(MetricsTable metrics, String column, int window) {
        var curve = new LinkedHashMap<Double, Double>();
        List<Double> steps = metrics.column("step");
        List<Double> values = metrics.column(column);
        for (int start = 0; start < values.size(); start += window) {
            int end = Math.min(values.size(), start + window);
            var mean = values.subList(start, end).stream()
                    .mapToDouble(Double::doubleValue)
                    .filter(Double::isFinite)
                    .average();
            if (mean.isPresent()) {
                curve.put((steps.get(start) + steps.get(end - 1)) / 2, mean.getAsDouble());
            }
        }
        return curve;
    }
}
