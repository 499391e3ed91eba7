package io.medley.scenes;

import java.util.BitSet;
import java.util.List;

/**
 * One thing in a picture, in pixels.
 *
 * @param group number of its group in {@link Scene#groups()}
 * @param box tight around the visible pixels
 * @param mask visible pixels, row-major bit set of size × size
 * @param polygons outline (also where hidden), each x0, y0, x1, y1, … in pixels
 * @param keypoints named points on the thing
 */
public record SceneObject(
        int group,
        Kind kind,
        ThingColor color,
        Box box,
        BitSet mask,
        List<double[]> polygons,
        List<Keypoint> keypoints) {

    /** Upper left corner and extent in pixels. */
    public record Box(int x, int y, int width, int height) {}

    /**
     * @param x pixels from the left
     * @param y pixels from the top
     * @param visible whether it lies on a visible pixel of the thing or next to one
     */
    public record Keypoint(String name, double x, double y, boolean visible) {}
}
