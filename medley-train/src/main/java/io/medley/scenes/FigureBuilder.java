package io.medley.scenes;

import io.medley.scenes.Figure.Mark;
import io.medley.scenes.Figure.Part;
import io.medley.scenes.Figure.Tone;
import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.util.ArrayList;
import java.util.List;

/** Collects the parts of a {@link Figure}; coordinates are 0 … 100 from the upper left, y downwards. */
final class FigureBuilder {
    private static final AffineTransform TO_UNIT = new AffineTransform(0.01, 0, 0, 0.01, -0.5, -0.5);
    private final List<Part> parts = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();

    FigureBuilder shape(Tone tone, Shape shape) {
        parts.add(new Part(TO_UNIT.createTransformedShape(shape), tone));
        return this;
    }

    FigureBuilder oval(Tone tone, double cx, double cy, double rx, double ry) {
        return shape(tone, new Ellipse2D.Double(cx - rx, cy - ry, 2 * rx, 2 * ry));
    }

    FigureBuilder disc(Tone tone, double cx, double cy, double r) {
        return oval(tone, cx, cy, r, r);
    }

    FigureBuilder rect(Tone tone, double x, double y, double w, double h) {
        return shape(tone, new Rectangle2D.Double(x, y, w, h));
    }

    FigureBuilder round(Tone tone, double x, double y, double w, double h, double r) {
        return shape(tone, new RoundRectangle2D.Double(x, y, w, h, 2 * r, 2 * r));
    }

    FigureBuilder poly(Tone tone, double... xy) {
        var path = new Path2D.Double();
        path.moveTo(xy[0], xy[1]);
        for (int i = 2; i < xy.length; i += 2) {
            path.lineTo(xy[i], xy[i + 1]);
        }
        path.closePath();
        return shape(tone, path);
    }

    /** A closed outline in a subset of SVG path data: absolute M, L, Q, C, Z, numbers separated by blanks or commas. */
    FigureBuilder path(Tone tone, String data) {
        var path = parse(data);
        path.closePath();
        return shape(tone, path);
    }

    /** A line of the given width along SVG path data, round ends. */
    FigureBuilder line(Tone tone, double width, String data) {
        var stroke = new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
        return shape(tone, stroke.createStrokedShape(parse(data)));
    }

    FigureBuilder mark(String name, double x, double y) {
        marks.add(new Mark(name, new Point2D.Double(x / 100 - 0.5, y / 100 - 0.5)));
        return this;
    }

    Figure build() {
        var silhouette = new Area();
        var main = new Area();
        for (Part part : parts) {
            var area = new Area(part.shape());
            silhouette.add(area);
            if (part.tone() == Tone.MAIN) {
                main.add(area);
            } else {
                main.subtract(area);
            }
        }
        var stripes = new Area();
        var spots = new Area();
        for (int i = 0; i < 8; i++) {
            double x = -0.5 + i * 0.16;
            stripes.add(new Area(new Rectangle2D.Double(x, -0.5, 0.055, 1)));
            for (int j = 0; j < 7; j++) {
                spots.add(new Area(new Ellipse2D.Double(x - (j % 2) * 0.08, -0.47 + j * 0.15, 0.07, 0.07)));
            }
        }
        stripes.intersect(main);
        spots.intersect(main);
        return new Figure(
                List.copyOf(parts),
                new Path2D.Double(silhouette),
                new Path2D.Double(stripes),
                new Path2D.Double(spots),
                List.copyOf(marks));
    }

    private static Path2D.Double parse(String data) {
        var path = new Path2D.Double();
        String[] tokens =
                data.replace("Z", "").replaceAll("([MLQC])", " $1 ").trim().split("[ ,]+");
        int i = 0;
        char command = 'M';
        while (i < tokens.length) {
            if (Character.isLetter(tokens[i].charAt(0))) {
                command = tokens[i++].charAt(0);
            }
            int n = command == 'C' ? 6 : command == 'Q' ? 4 : 2;
            double[] v = new double[n];
            for (int k = 0; k < n; k++) {
                v[k] = Double.parseDouble(tokens[i++]);
            }
            switch (command) {
                case 'M' -> path.moveTo(v[0], v[1]);
                case 'L' -> path.lineTo(v[0], v[1]);
                case 'Q' -> path.quadTo(v[0], v[1], v[2], v[3]);
                case 'C' -> path.curveTo(v[0], v[1], v[2], v[3], v[4], v[5]);
                default -> throw new IllegalArgumentException("path data: unknown command " + command);
            }
        }
        return path;
    }
}
