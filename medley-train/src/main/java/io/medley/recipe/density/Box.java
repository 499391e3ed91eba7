package io.medley.recipe.density;

import java.util.List;

/** An axis-parallel piece of the plane: where a data set lies, where to integrate and what to plot. */
public record Box(double minX, double maxX, double minY, double maxY) {

    /** The smallest box around all points, wider by {@code margin} on each side. */
    static Box around(List<Point> points, double margin) {
        return new Box(
                points.stream().mapToDouble(Point::x).min().orElseThrow() - margin,
                points.stream().mapToDouble(Point::x).max().orElseThrow() + margin,
                points.stream().mapToDouble(Point::y).min().orElseThrow() - margin,
                points.stream().mapToDouble(Point::y).max().orElseThrow() + margin);
    }

    public double width() {
        return maxX - minX;
    }

    public double height() {
        return maxY - minY;
    }
}
