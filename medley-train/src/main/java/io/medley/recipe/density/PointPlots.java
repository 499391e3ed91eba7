package io.medley.recipe.density;

import io.medley.checkpoint.AtomicFile;
import io.medley.image.ImageFiles;
import io.medley.tensor.Tensor;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Pictures of points of the plane; files appear whole or not at all. */
final class PointPlots {
    private static final int SIDE = 700;
    private static final int MOST_LINES = 150;

    private PointPlots() {}

    /** Clouds of points (N, 2) by name, over each other. */
    static BufferedImage scatter(String title, Map<String, Tensor> clouds) {
        var chart = chart(title);
        chart.getStyler()
                .setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
                .setMarkerSize(3);
        clouds.forEach((name, points) -> {
            double[] xy = points.toDoubles();
            chart.addSeries(name, every(xy, 0), every(xy, 1));
        });
        return BitmapEncoder.getBufferedImage(chart);
    }

    /** The ways of the first points through all states (N, 2), from noise to data. */
    static BufferedImage trajectories(String title, List<Tensor> states) {
        var chart = chart(title);
        chart.getStyler().setLegendVisible(false);
        var values = states.stream().map(Tensor::toDoubles).toList();
        int lines = Math.min(MOST_LINES, values.get(0).length / 2);
        for (int k = 0; k < lines; k++) {
            var x = new double[values.size()];
            var y = new double[values.size()];
            for (int i = 0; i < x.length; i++) {
                x[i] = values.get(i)[2 * k];
                y[i] = values.get(i)[2 * k + 1];
            }
            var series = chart.addSeries("way " + k, x, y);
            series.setMarker(SeriesMarkers.NONE)
                    .setLineStyle(SeriesLines.SOLID)
                    .setLineColor(new Color(40, 90, 160, 90))
                    .setLineWidth(1);
        }
        return BitmapEncoder.getBufferedImage(chart);
    }

    /** A density on a square grid as brightness: values row by row from the top left, side × side. */
    static BufferedImage density(double[] values, int side) {
        double most = 0;
        for (double v : values) {
            most = Math.max(most, v);
        }
        int zoom = Math.max(1, SIDE / side);
        var image = new BufferedImage(side * zoom, side * zoom, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                double v = most > 0 ? values[y / zoom * side + x / zoom] / most : 0;
                image.setRGB(
                        x,
                        y,
                        Color.getHSBColor(0.62f, (float) (1 - v), (float) Math.sqrt(v))
                                .getRGB());
            }
        }
        return image;
    }

    /** Values over numbers of steps by name, both on logarithmic axes; values below {@code least} are drawn there. */
    static BufferedImage curves(String title, Map<String, ? extends Map<Integer, Double>> curves, double least) {
        var chart = chart(title);
        chart.setXAxisTitle("steps");
        chart.getStyler()
                .setXAxisLogarithmic(true)
                .setYAxisLogarithmic(true)
                .setLegendPosition(Styler.LegendPosition.OutsideS);
        curves.forEach((name, values) -> chart.addSeries(
                name,
                values.keySet().stream().mapToDouble(Integer::doubleValue).toArray(),
                values.values().stream().mapToDouble(v -> Math.max(v, least)).toArray()));
        return BitmapEncoder.getBufferedImage(chart);
    }

    /** Rows of pictures under each other, each picture in a square of the same size. */
    static BufferedImage sheet(List<List<BufferedImage>> rows) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(1);
        var sheet = new BufferedImage(SIDE * columns, SIDE * rows.size(), BufferedImage.TYPE_INT_RGB);
        var graphics = sheet.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < rows.get(row).size(); column++) {
                graphics.drawImage(rows.get(row).get(column), column * SIDE, row * SIDE, SIDE, SIDE, null);
            }
        }
        graphics.dispose();
        return sheet;
    }

    static void write(BufferedImage image, Path png) throws IOException {
        try (var out = new AtomicFile(png)) {
            out.write(ImageFiles.encodePng(image));
            out.commit();
        }
    }

    private static XYChart chart(String title) {
        return new XYChartBuilder().width(SIDE).height(SIDE).title(title).build();
    }

    private static double[] every(double[] xy, int from) {
        var out = new double[xy.length / 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = xy[2 * i + from];
        }
        return out;
    }
}
