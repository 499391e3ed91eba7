package io.medley.capfilt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** The page that shows what a run did: one HTML file, no scripts, nothing loaded from elsewhere. */
final class RunReport {
    private static final int EXAMPLES = 12;
    private static final String STYLE =
            """
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em; color: #222; background: #fff }
            h1 { font-size: 1.6em } h2 { font-size: 1.2em; margin-top: 2em; border-top: 1px solid #ddd; padding-top: 1em }
            .note { color: #666 } .row { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start }
            .sample { display: flex; gap: 12px; width: 500px; align-items: flex-start }
            .sample img { width: 140px; border-radius: 6px; flex: none }
            table { border-collapse: collapse } td, th { text-align: left; padding: 2px 14px 2px 0; vertical-align: top }
            td.number { text-align: right; font-variant-numeric: tabular-nums }
            .kept { color: #176b2c } .dropped { color: #8a8a8a } pre { white-space: pre-wrap; background: #f6f6f6; padding: 1em }
            """;

    private final CapFiltSettings settings;
    private final ShardStats total;
    private final int shards;
    private final Map<String, String> failed;
    private final double seconds;
    private final StringBuilder body = new StringBuilder();

    /**
     * @param shards of the whole input
     * @param failed shards given up, and why
     * @param seconds this run took, earlier ones not counted
     */
    RunReport(CapFiltSettings settings, ShardStats total, int shards, Map<String, String> failed, double seconds) {
        this.settings = settings;
        this.total = total;
        this.shards = shards;
        this.failed = new TreeMap<>(failed);
        this.seconds = seconds;
    }

    String html() {
        return html("CapFilt", "");
    }

    /** @param note HTML that comes first */
    String html(String title, String note) {
        body.append("<h1>").append(text(title)).append("</h1>\n").append(note);
        summary();
        rates();
        body.append("<h2>ITM probabilities</h2>\n<div class=\"row\">\n");
        histogram("web texts", total.web());
        histogram("synthetic texts", total.synthetic());
        body.append("</div>\n");
        time();
        examples(
                "Pictures with a kept text",
                total.examples().stream().filter(ShardStats.Example::anyKept).toList());
        examples(
                "Pictures without",
                total.examples().stream().filter(example -> !example.anyKept()).toList());
        problems();
        body.append("<h2>Settings</h2>\n<p class=\"note\">hash ")
                .append(settings.hash())
                .append("</p>\n<pre>");
        body.append(text(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(settings.json())))
                .append("</pre>\n");
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + text(title)
                + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
    }

    private void summary() {
        double perSecond = total.seconds().wall() == 0
                ? 0
                : total.count() / total.seconds().wall();
        body.append(String.format(
                Locale.ROOT,
                "<p>%,d rows of %,d shards: %,d pictures used, %,d errors (%.2f %%), %,d samples written. %.2f pictures a"
                        + " second per shard worked on; this run took %.0f s.</p>%n",
                total.count(),
                shards,
                total.successes(),
                total.errors(),
                percent(total.errors(), total.count()),
                total.written(),
                perSecond,
                seconds));
    }

    private void rates() {
        body.append("<h2>What was kept</h2>\n<table><tr><th>texts</th><th>number</th>");
        for (var verdict : Verdict.values()) {
            body.append("<th>").append(verdict.word().replace('_', ' ')).append("</th>");
        }
        body.append("</tr>\n");
        rates("web", total.web());
        rates("synthetic", total.synthetic());
        body.append("</table>\n");
    }

    private void rates(String name, ShardStats.Texts texts) {
        body.append("<tr><td>").append(name).append("</td>").append(number("%,d", texts.count()));
        for (long count : texts.verdicts()) {
            body.append(number("%.1f %%", percent(count, texts.count())));
        }
        body.append("</tr>\n");
    }

    private void histogram(String name, ShardStats.Texts texts) {
        long most = texts.histogram().stream().mapToLong(Long::longValue).max().orElse(0);
        int width = 20;
        int height = 140;
        body.append("<figure style=\"margin:0\"><svg width=\"")
                .append(width * ShardStats.Texts.BINS)
                .append("\" height=\"")
                .append(height + 20)
                .append("\" role=\"img\">\n");
        for (int i = 0; i < texts.histogram().size(); i++) {
            long count = texts.histogram().get(i);
            double bar = most == 0 ? 0 : (double) height * count / most;
            body.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"#4a78a8\"><title>%.2f to %.2f:"
                            + " %,d</title></rect>%n",
                    i * width,
                    height - bar,
                    width - 2,
                    bar,
                    (double) i / ShardStats.Texts.BINS,
                    (i + 1.0) / ShardStats.Texts.BINS,
                    count));
        }
        body.append("<text x=\"0\" y=\"").append(height + 16).append("\" font-size=\"12\">0</text><text x=\"");
        body.append(width * ShardStats.Texts.BINS - 8)
                .append("\" y=\"")
                .append(height + 16)
                .append("\" font-size=\"12\">1</text></svg><figcaption>")
                .append(text(name))
                .append(String.format(Locale.ROOT, " (highest bar: %,d)</figcaption></figure>%n", most));
    }

    private void time() {
        var busy = total.seconds();
        body.append(
                "<h2>Where the time went</h2>\n<p class=\"note\">Stages overlap, so their times sum to more than the"
                        + " clock's.</p>\n<table><tr><th>stage</th><th>busy seconds</th><th>pictures a second while busy</th></tr>\n");
        time("read", busy.read());
        time("decode (over its threads)", busy.decode());
        time("encode", busy.encode());
        time("generate", busy.generate());
        time("filter", busy.filter());
        time("write", busy.write());
        time("shards, start to end", busy.wall());
        body.append("</table>\n");
    }

    private void time(String stage, double busy) {
        body.append("<tr><td>").append(stage).append("</td>").append(number("%.1f", busy));
        body.append(number("%.1f", busy == 0 ? 0 : total.successes() / busy)).append("</tr>\n");
    }

    private void examples(String title, List<ShardStats.Example> examples) {
        body.append("<h2>").append(title).append("</h2>\n<div class=\"row\">\n");
        for (var example : examples.subList(0, Math.min(EXAMPLES, examples.size()))) {
            body.append("<div class=\"sample\"><img alt=\"\" src=\"data:image/jpeg;base64,")
                    .append(text(example.picture()))
                    .append("\"><div><div class=\"note\">")
                    .append(text(example.key()))
                    .append("</div>\n");
            for (var shown : example.texts()) {
                boolean kept = shown.verdict() == Verdict.KEPT;
                body.append("<div class=\"").append(kept ? "kept" : "dropped").append("\">");
                body.append(shown.source().word())
                        .append(": ")
                        .append(text(shown.text()))
                        .append(" <span class=\"note\">");
                body.append(shown.probability() == null ? "" : String.format(Locale.ROOT, "%.3f ", shown.probability()))
                        .append(shown.verdict().word().replace('_', ' '))
                        .append("</span></div>\n");
            }
            body.append("</div></div>\n");
        }
        body.append(examples.isEmpty() ? "<p>none</p>\n" : "").append("</div>\n");
    }

    private void problems() {
        var lines = new ArrayList<String>(total.problems());
        failed.forEach((shard, error) -> lines.add("shard " + shard + " given up: " + error));
        if (!lines.isEmpty()) {
            body.append("<h2>Problems</h2>\n<ul>\n");
            lines.forEach(line -> body.append("<li>").append(text(line)).append("</li>\n"));
            body.append("</ul>\n");
        }
    }

    private static double percent(long part, long whole) {
        return whole == 0 ? 0 : 100.0 * part / whole;
    }

    private static String number(String format, Object value) {
        return "<td class=\"number\">" + String.format(Locale.ROOT, format, value) + "</td>";
    }

    private static String text(String raw) {
        return raw.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
