package io.medley.cli;

/** The little HTML the reports need: one file, no scripts, nothing loaded from elsewhere. */
final class Html {
    private static final String STYLE =
            """
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em; color: #222; background: #fff }
            h1 { font-size: 1.6em } h2 { font-size: 1.2em; margin-top: 2em; border-top: 1px solid #ddd; padding-top: 1em }
            .note { color: #666 } .row { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start }
            figure { margin: 0; text-align: center } figcaption { color: #444; font-size: .9em }
            img { width: 160px; height: auto; border-radius: 6px; display: block }
            .small img { width: 110px }
            table { border-collapse: collapse } td, th { text-align: left; padding: 2px 14px 2px 0; vertical-align: top }
            td.number { text-align: right; font-variant-numeric: tabular-nums }
            """;

    private Html() {}

    /** Text with the characters that mean something in HTML replaced. */
    static String text(String raw) {
        return raw.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** A picture with a line below. */
    static String figure(String source, String caption) {
        return "<figure><img src=\"" + text(source) + "\" alt=\"" + text(caption) + "\"><figcaption>" + text(caption)
                + "</figcaption></figure>\n";
    }

    /** A whole page around a body that is HTML already. */
    static String page(String title, String body) {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + text(title)
                + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
    }
}
