package io.medley.cli;

import io.medley.image.ImageFiles;
import io.medley.image.RgbImage;
import io.medley.task.Answer;
import io.medley.task.Caption;
import io.medley.task.Explanation;
import io.medley.task.Match;
import io.medley.task.WordMap;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The page the demo ends in; pictures are inside it, so that one file can be sent around. */
final class DemoReport {
    private static final int JPEG_QUALITY = 85;
    private final StringBuilder body = new StringBuilder();
    private int asked;
    private int right;

    /** A heading for one picture, and the picture. */
    void picture(DemoPicture picture) {
        body.append("<h2>")
                .append(Html.text(String.valueOf(picture.file().getFileName())))
                .append("</h2>\n<div class=\"row\">\n");
        body.append(Html.figure(
                data(picture.image()),
                picture.image().width() + " × " + picture.image().height()));
        body.append("<div>\n");
    }

    /** Captions under a heading. */
    void captions(String heading, List<Caption> captions) {
        StringBuilder rows = new StringBuilder();
        for (Caption caption : captions) {
            rows.append(row(caption.score(), caption.text()));
        }
        table(heading, "log-probability per token", rows);
    }

    /** How well each text fits; the true one is marked. */
    void matches(List<String> texts, List<Match> matches, int trueText) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            Match match = matches.get(i);
            double score = Double.isNaN(match.probability()) ? match.cosine() : match.probability();
            rows.append(row(score, texts.get(i) + (i == trueText ? "  ← describes this picture" : "")));
        }
        table("Which text fits?", "probability", rows);
    }

    /** An answer beside the truth. */
    void answer(String question, Answer answer, String truth) {
        boolean same = answer.text().strip().equals(truth);
        asked++;
        right += same ? 1 : 0;
        body.append("<p>")
                .append(Html.text(question))
                .append(" <b>")
                .append(Html.text(answer.text()))
                .append("</b> ");
        body.append(String.format(
                Locale.ROOT,
                "<span class=\"note\">(%.2f%s)</span></p>%n",
                answer.probability(),
                same ? ", right" : ", truth: " + Html.text(truth)));
    }

    /** Heat maps, the overall one first. */
    void explanation(RgbImage image, Explanation explanation) {
        body.append("</div></div>\n<p class=\"note\">Where the evidence for “").append(Html.text(explanation.text()));
        body.append("” lies:</p>\n<div class=\"row small\">\n");
        body.append(Html.figure(data(HeatMapPage.overlay(image, explanation.overall())), "overall"));
        for (WordMap word : explanation.words()) {
            body.append(Html.figure(data(HeatMapPage.overlay(image, word.map())), word.word()));
        }
        body.append("<div>\n");
    }

    /** Ends a picture's part. */
    void endPicture() {
        body.append("</div></div>\n");
    }

    int asked() {
        return asked;
    }

    int right() {
        return right;
    }

    /** The whole page. */
    String html(String model, String description, double seconds, int pictures) {
        String head = String.format(
                Locale.ROOT,
                "<h1>Medley: what %s sees</h1>%n<p>%s</p>%n<p class=\"note\">%d pictures drawn for this page, which the model has not been"
                        + " trained on, in %.1f s. %s The pictures lie beside this page as ordinary files.</p>%n",
                Html.text(model),
                Html.text(description),
                pictures,
                seconds,
                asked == 0 ? "" : right + " of " + asked + " questions were answered right.");
        return Html.page("Medley demo", head + body);
    }

    private void table(String heading, String column, StringBuilder rows) {
        body.append("<table><tr><th colspan=\"2\">").append(Html.text(heading));
        body.append(" <span class=\"note\">").append(Html.text(column)).append("</span></th></tr>\n");
        body.append(rows).append("</table>\n");
    }

    private static String row(double score, String text) {
        return String.format(
                Locale.ROOT, "<tr><td class=\"number\">%.3f</td><td>%s</td></tr>%n", score, Html.text(text));
    }

    private static String data(RgbImage image) {
        return "data:image/jpeg;base64,"
                + Base64.getEncoder().encodeToString(ImageFiles.encodeJpeg(image, JPEG_QUALITY));
    }
}
