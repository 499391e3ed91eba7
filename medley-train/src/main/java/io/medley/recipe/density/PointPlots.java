package io.medley.recipe.density;

import io.medley.checkpoint.AtomicFile;
import io.medley.tensor.Tensor;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Pictures of points of the plane, as PNG files that appear whole or not at all. */
public final class PointPlots {
    private static final int SIDE = 700;
    private static final int MOST_LINES = 150;

    private PointPlots() {}

    /** Clouds of points (N, 2) by name, over each other. */
    public static void scatter(Path png, String title, Map<String, Tensor> clouds) throws IOException {
        var chart = chart(title);
        chart.getStyler()
                .setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
                .setMarkerSize(3);
        clouds.forEach((name, points) -> {
            double[] xy = points.toDoubles();
            chart.addSeries(name, every(xy, 0), every(xy, 1));
        });
        write(chart, png);
    }

    /** The ways of the first points through all states (N, 2), from noise to data. */
    public static void trajectories(Path png, String title, List<Tensor> states) throws IOException {
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
        write(chart, png);
    }

    /** A density on a square grid as brightness: values row by row from the top left, side × side. */
    public static void density(Path png, double[] values, int side) throws IOException {
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
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        write(bytes, png);
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

    private static void write(XYChart chart, Path png) throws IOException {
        var bytes = new ByteArrayOutputStream();
        BitmapEncoder.saveBitmap(chart, bytes, BitmapEncoder.BitmapFormat.PNG);
        write(bytes, png);
    }

    private static void write(ByteArrayOutputStream bytes, Path png) throws IOException {
        try (var out = new AtomicFile(png)) {
            out.write(bytes.toByteArray());
            out.commit();
        }
    }
}
