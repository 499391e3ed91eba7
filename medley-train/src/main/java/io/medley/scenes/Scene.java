package io.medley.scenes;

import java.util.List;
import java.util.Optional;

/**
 * Everything a picture shows, independent of its resolution. Lengths are fractions of the picture's side, x to the
 * right, y downwards.
 *
 * @param seed seed of the fine detail (texture, noise)
 * @param backdrop what is behind the things
 * @param groups one to three groups; kind and colour together name a group uniquely
 * @param light how the whole is lit
 * @param damage what happened to the pixels afterwards
 */
public record Scene(long seed, Backdrop backdrop, List<Group> groups, Light light, Damage damage) {

    /** Copies the list. */
    public Scene {
        groups = List.copyOf(groups);
    }

    /**
     * @param background what it is
     * @param upper main colour, 0xRRGGBB
     * @param lower second colour: ground of a landscape, other colour of a pattern
     * @param horizon height of the horizon, or the period of a pattern
     */
    public record Backdrop(Background background, int upper, int lower, double horizon) {}

    /**
     * Things of one kind, colour and size that stand together.
     *
     * @param surface pattern on the things
     * @param things one to four
     */
    public record Group(Kind kind, ThingColor color, ThingSize size, Surface surface, List<Thing> things) {
        /** Copies the list. */
        public Group {
            things = List.copyOf(things);
        }

        /** How many things. */
        public int count() {
            return things.size();
        }

        /** Mean of the things' centres, x. */
        public double centreX() {
            return things.stream().mapToDouble(Thing::x).average().orElse(0.5);
        }

        /** Mean of the things' centres, y. */
        public double centreY() {
            return things.stream().mapToDouble(Thing::y).average().orElse(0.5);
        }

        private Group clean() {
            var upright = things.stream()
                    .map(t -> new Thing(t.x(), t.y(), t.extent(), 0, false, 1))
                    .toList();
            return new Group(kind, color, size, Surface.SMOOTH, upright);
        }

        double left() {
            return things.stream()
                    .mapToDouble(t -> t.x() - t.extent() / 2)
                    .min()
                    .orElse(0);
        }

        double right() {
            return things.stream()
                    .mapToDouble(t -> t.x() + t.extent() / 2)
                    .max()
                    .orElse(1);
        }

        double top() {
            return things.stream()
                    .mapToDouble(t -> t.y() - t.extent() / 2)
                    .min()
                    .orElse(0);
        }

        double bottom() {
            return things.stream()
                    .mapToDouble(t -> t.y() + t.extent() / 2)
                    .max()
                    .orElse(1);
        }
    }

    /**
     * One thing.
     *
     * @param x centre
     * @param y centre
     * @param extent longer side
     * @param turn rotation in radians, clockwise
     * @param mirrored whether it faces the other way
     * @param squash width over height of the drawing's square
     */
    public record Thing(double x, double y, double extent, double turn, boolean mirrored, double squash) {}

    /** Pattern on a thing's surface. */
    public enum Surface {
        SMOOTH,
        STRIPED,
        SPOTTED
    }

    /**
     * @param gain brightness factor
     * @param warmth red up and blue down by this fraction (negative: cold)
     * @param slope how much brighter one edge is than the other
     * @param direction of the slope, radians
     */
    public record Light(double gain, double warmth, double slope, double direction) {}

    /**
     * @param noise standard deviation of pixel noise, in levels of 255
     * @param jpegQuality 1 … 100, or 0 for none
     */
    public record Damage(double noise, int jpegQuality) {}

    /** The same scene as a picture book has it: upright, smooth things that face one way, evenly lit, in an undamaged picture. */
    public Scene clean() {
        return new Scene(
                seed, backdrop, groups.stream().map(Group::clean).toList(), new Light(1, 0, 0, 0), new Damage(0, 0));
    }

    /** The group of this kind and colour. */
    public Optional<Group> group(Kind kind, ThingColor color) {
        return groups.stream()
                .filter(g -> g.kind() == kind && g.color() == color)
                .findFirst();
    }

    /** How many things are of this kind, of any colour. */
    public int count(Kind kind) {
        return groups.stream()
                .filter(g -> g.kind() == kind)
                .mapToInt(Group::count)
                .sum();
    }

    /**
     * Where {@code a} stands seen from {@code b}: one of the four directions when all of {@code a} is beyond all of
     * {@code b} that way and that way is the main one; empty when nothing clear can be said.
     */
    public static Optional<Relation> relation(Group a, Group b) {
        double dx = a.centreX() - b.centreX();
        double dy = a.centreY() - b.centreY();
        double tolerance = 0.04;
        if (Math.abs(dx) > 1.25 * Math.abs(dy)) {
            if (a.right() <= b.left() + tolerance) {
                return Optional.of(Relation.LEFT_OF);
            }
            if (a.left() >= b.right() - tolerance) {
                return Optional.of(Relation.RIGHT_OF);
            }
        } else if (Math.abs(dy) > 1.25 * Math.abs(dx)) {
            if (a.bottom() <= b.top() + tolerance) {
                return Optional.of(Relation.ABOVE);
            }
            if (a.top() >= b.bottom() - tolerance) {
                return Optional.of(Relation.BELOW);
            }
        }
        return Optional.empty();
    }

    /** Where in the picture the group stands, when that is clear. */
    public static Optional<Position> position(Group group) {
        double dx = group.centreX() - 0.5;
        double dy = group.centreY() - 0.5;
        if (Math.max(Math.abs(dx), Math.abs(dy)) < 0.08) {
            return Optional.of(Position.MIDDLE);
        }
        if (Math.abs(dx) > 0.14 && Math.abs(dx) > 1.5 * Math.abs(dy)) {
            return Optional.of(dx < 0 ? Position.LEFT : Position.RIGHT);
        }
        if (Math.abs(dy) > 0.14 && Math.abs(dy) > 1.5 * Math.abs(dx)) {
            return Optional.of(dy < 0 ? Position.TOP : Position.BOTTOM);
        }
        return Optional.empty();
    }
}
