package io.medley.train;

import io.medley.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a training came to as pictures and one page: curves of losses, learning rate and speed, first and last figures, settings. */
final class RunReport {
    private static final int ENDS = 25;

    private RunReport() {}

    /** Writes {@code losses.png}, {@code learning-rate.png}, {@code speed.png} and {@code report.html} of a run. */
    static void write(RunDirectory directory, Run run) throws IOException {
        var metrics = MetricsTable.read(run.file(Run.METRICS));
        if (metrics.rows() == 0) {
            return;
        }
        var terms = new ArrayList<>(metrics.names());
        terms.removeAll(Losses.RESERVED);
        var plots = new LinkedHashMap<String, List<String>>();
        plots.put("losses", terms);
        plots.put("learning-rate", List.of("lr"));
        plots.put("speed", List.of("samples_per_s"));
        for (var plot : plots.entrySet()) {
            Plots.draw(metrics, plot.getValue(), plot.getKey(), run.file(plot.getKey() + ".png"));
        }
        AtomicFile.write(run.file("report.html"), page(directory, run, metrics, plots));
    }

    private static String page(RunDirectory directory, Run run, MetricsTable metrics, Map<String, List<String>> plots)
            throws IOException {
        var html = new StringBuilder(
                """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>Training</title>
                <style>body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}
                td,th{padding:.1em 1em;text-align:right}td:first-child,th:first-child{text-align:left}
                img{max-width:100%}pre{background:#f4f4f4;padding:1em;overflow:auto}</style></head><body>
                """);
        html.append("<h1>")
                .append(escape(directory.folder().getFileName().toString()))
                .append("</h1>\n");
        html.append("<p>")
                .append(metrics.rows())
                .append(" steps.</p>\n<table><tr><th></th><th>first ")
                .append(Math.min(ENDS, metrics.rows()))
                .append(" steps</th><th>last</th></tr>\n");
        for (var name : metrics.names()) {
            if (!name.equals("step")) {
                html.append(row(name, metrics.column(name)));
            }
        }
        html.append("</table>\n");
        plots.keySet().forEach(plot -> {
            var file = run.file(plot + ".png").getFileName().toString();
            html.append("<h2>")
                    .append(plot)
                    .append("</h2><img alt=\"")
                    .append(plot)
                    .append("\" src=\"")
                    .append(escape(file))
                    .append("\">\n");
        });
        html.append("<h2>Recipe</h2><pre>")
                .append(escape(Files.readString(directory.recipe())))
                .append("</pre>\n");
        html.append("<h2>Environment</h2><pre>")
                .append(escape(Files.readString(directory.environment())))
                .append("</pre>\n");
        return html.append("</body></html>\n").toString();
    }

    private static String row(String name, List<Double> values) {
        int count = Math.min(ENDS, values.size());
        return String.format(
                Locale.ROOT,
                "<tr><td>%s</td><td>%.5g</td><td>%.5g</td></tr>%n",
                escape(name),
                mean(values.subList(0, count)),
                mean(values.subList(values.size() - count, values.size())));
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
