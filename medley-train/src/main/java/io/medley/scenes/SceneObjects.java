package io.medley.scenes;

import io.medley.scenes.Figure.Mark;
import io.medley.scenes.Scene.Group;
import io.medley.scenes.Scene.Thing;
import io.medley.scenes.SceneObject.Box;
import io.medley.scenes.SceneObject.Keypoint;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.PathIterator;
import java.awt.geom.Point2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Works out boxes, masks, polygons and keypoints of a scene at a size. Stateless. */
final class SceneObjects {
    private SceneObjects() {}

    static List<SceneObject> of(Scene scene, int size) {
        var masks = new ArrayList<BitSet>();
        for (Group group : scene.groups()) {
            for (Thing thing : group.things()) {
                BitSet mask = mask(group, thing, size);
                for (BitSet earlier : masks) {
                    earlier.andNot(mask);
                }
                masks.add(mask);
            }
        }
        var objects = new ArrayList<SceneObject>();
        int i = 0;
        for (int g = 0; g < scene.groups().size(); g++) {
            Group group = scene.groups().get(g);
            for (Thing thing : group.things()) {
                BitSet mask = masks.get(i++);
                objects.add(new SceneObject(
                        g,
                        group.kind(),
                        group.color(),
                        box(mask, size),
                        mask,
                        polygons(group, thing, size),
                        keypoints(group, thing, mask, size)));
            }
        }
        return List.copyOf(objects);
    }

    private static AffineTransform toPixels(Thing thing, int size) {
        AffineTransform transform = AffineTransform.getScaleInstance(size, size);
        transform.concatenate(SceneRenderer.transform(thing));
        return transform;
    }

    private static BitSet mask(Group group, Thing thing, int size) {
        var image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(Color.WHITE);
        g.fill(toPixels(thing, size)
                .createTransformedShape(group.kind().figure().silhouette()));
        g.dispose();
        byte[] levels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        var mask = new BitSet(size * size);
        for (int i = 0; i < levels.length; i++) {
            if (levels[i] != 0) {
                mask.set(i);
            }
        }
        return mask;
    }

    private static Box box(BitSet mask, int size) {
        int left = size;
        int right = -1;
        int top = size;
        int bottom = -1;
        for (int i = mask.nextSetBit(0); i >= 0; i = mask.nextSetBit(i + 1)) {
            left = Math.min(left, i % size);
            right = Math.max(right, i % size);
            top = Math.min(top, i / size);
            bottom = Math.max(bottom, i / size);
        }
        return right < 0 ? new Box(0, 0, 0, 0) : new Box(left, top, right - left + 1, bottom - top + 1);
    }

    private static List<double[]> polygons(Group group, Thing thing, int size) {
        var polygons = new ArrayList<double[]>();
        var points = new ArrayList<Double>();
        double[] at = new double[6];
        PathIterator path = group.kind().figure().silhouette().getPathIterator(toPixels(thing, size), 0.25);
        for (; !path.isDone(); path.next()) {
            int step = path.currentSegment(at);
            if (step == PathIterator.SEG_MOVETO && !points.isEmpty()) {
                finish(points, polygons);
            }
            if (step != PathIterator.SEG_CLOSE) {
                points.add(at[0]);
                points.add(at[1]);
            }
        }
        finish(points, polygons);
        return List.copyOf(polygons);
    }

    private static void finish(List<Double> points, List<double[]> polygons) {
        if (points.size() >= 6) {
            polygons.add(points.stream().mapToDouble(Double::doubleValue).toArray());
        }
        points.clear();
    }

    private static List<Keypoint> keypoints(Group group, Thing thing, BitSet mask, int size) {
        AffineTransform transform = toPixels(thing, size);
        var keypoints = new ArrayList<Keypoint>();
        for (Mark mark : group.kind().figure().keypoints()) {
            Point2D p = transform.transform(mark.at(), null);
            keypoints.add(new Keypoint(mark.name(), p.getX(), p.getY(), near(mask, p, size)));
        }
        return List.copyOf(keypoints);
    }

    private static boolean near(BitSet mask, Point2D p, int size) {
        int reach = 2 + size / 128;
        int cx = (int) Math.floor(p.getX());
        int cy = (int) Math.floor(p.getY());
        for (int y = Math.max(0, cy - reach); y <= Math.min(size - 1, cy + reach); y++) {
            for (int x = Math.max(0, cx - reach); x <= Math.min(size - 1, cx + reach); x++) {
                if (mask.get(y * size + x)) {
                    return true;
                }
            }
        }
        return false;
    }
}
