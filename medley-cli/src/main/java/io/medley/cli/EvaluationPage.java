package io.medley.cli;

import io.medley.evaluate.Evaluation;
import io.medley.evaluate.Picture;
import io.medley.image.ImageFiles;
import io.medley.image.Resize;
import io.medley.image.ResizeFilter;
import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** An evaluation as a page: the figures, then the samples that went worst and best, with their pictures inside the page. */
final class EvaluationPage {
    private static final int SHOWN = 24;
    private static final int SIDE = 240;
    private static final int JPEG_QUALITY = 85;

    private EvaluationPage() {}

    static String html(Evaluation evaluation, String model, String data) {
        var body = new StringBuilder();
        body.append("<h1>")
                .append(Html.text(evaluation.task() + " of " + model))
                .append("</h1>\n<p class=\"note\">")
                .append(Html.text(evaluation.items().size() + " samples of " + data))
                .append("</p>\n<table>\n");
        evaluation
                .figures()
                .forEach((name, value) -> body.append(String.format(
                        Locale.ROOT, "<tr><td>%s</td><td class=\"number\">%.4f</td></tr>%n", Html.text(name), value)));
        body.append("</table>\n");
        evaluation.notes().forEach(note -> body.append("<p class=\"note\">")
                .append(Html.text(note))
                .append("</p>\n"));
        var sorted = new ArrayList<>(evaluation.items());
        sorted.sort(Comparator.comparingDouble(Evaluation.Item::score));
        int each = Math.min(SHOWN, Math.max(1, sorted.size() / 2));
        samples(body, "Worst", sorted.subList(0, Math.min(each, sorted.size())));
        Collections.reverse(sorted);
        samples(body, "Best", sorted.subList(0, Math.min(each, sorted.size())));
        return Html.page("Medley: " + evaluation.task() + " of " + model, body.toString());
    }

    private static void samples(StringBuilder body, String heading, List<Evaluation.Item> items) {
        body.append("<h2>").append(heading).append("</h2>\n");
        for (var item : items) {
            body.append("<div class=\"row\">\n");
            item.pictures().forEach(picture -> body.append(figure(picture)));
            body.append("<table>\n");
            row(body, "sample", item.key());
            row(body, "score", item.score());
            item.facts().forEach((name, value) -> row(body, name, value));
            body.append("</table></div>\n");
        }
    }

    private static void row(StringBuilder body, String name, Object value) {
        body.append("<tr><th>").append(Html.text(name)).append("</th><td>");
        if (value instanceof Double number) {
            body.append(String.format(Locale.ROOT, "%.4f", number));
        } else if (value instanceof List<?> several) {
            several.forEach(one -> body.append(Html.text(String.valueOf(one))).append("<br>"));
        } else {
            body.append(Html.text(String.valueOf(value)));
        }
        body.append("</td></tr>\n");
    }

    private static String figure(Picture picture) {
        try {
            var data = Base64.getEncoder().encodeToString(ImageFiles.encodeJpeg(small(picture.load()), JPEG_QUALITY));
            return Html.figure("data:image/jpeg;base64," + data, "");
        } catch (MedleyException e) {
            return "<p class=\"note\">" + Html.text(String.valueOf(e.getMessage())) + "</p>\n";
        }
    }

    private static RgbImage small(RgbImage image) {
        double scale = Math.min(1, SIDE / (double) Math.max(image.width(), image.height()));
        int width = (int) Math.max(1, Math.round(scale * image.width()));
        int height = (int) Math.max(1, Math.round(scale * image.height()));
        return Resize.resize(image, width, height, ResizeFilter.BICUBIC);
    }
}
