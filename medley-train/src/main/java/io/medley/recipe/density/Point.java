package io.medley.recipe.density;

/** A point of the plane. */
public record Point(double x, double y) {

    double squaredDistance(double px, double py) {
        return (px - x) * (px - x) + (py - y) * (py - y);
    }
}
