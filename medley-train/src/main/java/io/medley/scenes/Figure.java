package io.medley.scenes;

import java.awt.Shape;
import java.awt.geom.Point2D;
import java.util.List;

/**
 * How one kind of thing is drawn: parts from back to front, in a square of side 1 centred on the origin, y downwards.
 *
 * @param parts filled shapes in drawing order
 * @param silhouette union of the parts
 * @param stripes the main-coloured area cut by stripes, for striped surfaces
 * @param spots the main-coloured area cut by spots
 * @param keypoints named points on the thing
 */
record Figure(List<Part> parts, Shape silhouette, Shape stripes, Shape spots, List<Mark> keypoints) {
    /** What colour a part takes, relative to the thing's own colour. */
    enum Tone {
        MAIN,
        SHADE,
        LIGHT,
        DARK,
        PALE,
        GLASS,
        WOOD,
        GOLD,
        LEAF
    }

    record Part(Shape shape, Tone tone) {}

    record Mark(String name, Point2D.Double at) {}
}
