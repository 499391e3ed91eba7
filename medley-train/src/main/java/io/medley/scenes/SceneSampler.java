package io.medley.scenes;

import io.medley.scenes.Scene.Backdrop;
import io.medley.scenes.Scene.Damage;
import io.medley.scenes.Scene.Group;
import io.medley.scenes.Scene.Light;
import io.medley.scenes.Scene.Surface;
import io.medley.scenes.Scene.Thing;
import java.util.ArrayList;
import java.util.List;

/** Draws a {@link Scene} from a seed. Stateless. */
final class SceneSampler {
    private static final double MARGIN = 0.02;
    /** A thing's slot is this much wider than the thing, so that turned neighbours do not touch. */
    private static final double SLOT = 1.10;

    private static final List<Integer> PATTERN_COLORS = List.of(
            0xE6E6E6, 0xC8DCF0, 0xDCF0D2, 0xF5E6C8, 0xF0D7DC, 0xDCD2EB, 0xB4BEC8, 0xCDC3B4, 0x96A0AA, 0xAAC8BE,
            0x5A6470);

    private SceneSampler() {}

    /** What a group is before it is placed. */
    private record Plan(Kind kind, ThingColor color, ThingSize size, double extent, int rows, int columns, int count) {
        double width() {
            return columns * extent * SLOT;
        }

        double height() {
            return rows * extent * SLOT;
        }
    }

    static Scene sample(long seed, boolean heldOut) {
        var random = new SceneRandom(seed);
        int n = 1 + random.weighted(0.36, 0.46, 0.18);
        List<Plan> plans;
        List<int[]> rows;
        do {
            plans = plans(random, n, heldOut);
            rows = arrangement(random, n);
        } while (!fits(plans, rows));
        List<Group> groups = place(random, plans, rows);
        return new Scene(random.nextLong(), backdrop(random, plans), groups, light(random), damage(random));
    }

    private static List<Plan> plans(SceneRandom random, int n, boolean heldOut) {
        var plans = new ArrayList<Plan>();
        while (plans.size() < n) {
            boolean twin = !heldOut && !plans.isEmpty() && random.chance(0.12);
            Kind kind = twin ? plans.get(0).kind() : random.pickOf(Kind.values());
            ThingColor color = heldOut ? HeldOutPairs.colorOf(kind) : random.pickOf(ThingColor.values());
            boolean taken = plans.stream().anyMatch(p -> p.kind() == kind && (!twin || p.color() == color));
            if (taken || HeldOutPairs.contains(kind, color) != heldOut) {
                continue;
            }
            int count =
                    1 + (n == 1 ? random.weighted(0.40, 0.22, 0.19, 0.19) : random.weighted(0.64, 0.16, 0.11, 0.09));
            ThingSize size = random.pickOf(ThingSize.values());
            double extent = random.between(size.least(), size.most());
            int columns = columns(random, count);
            plans.add(new Plan(kind, color, size, extent, (count + columns - 1) / columns, columns, count));
        }
        return plans;
    }

    private static int columns(SceneRandom random, int count) {
        return switch (count) {
            case 1 -> 1;
            case 2 -> random.pickOf(1, 2);
            case 3 -> random.pickOf(1, 2, 2, 3);
            default -> random.pickOf(1, 2, 2, 4);
        };
    }

    /**
     * The picture cut into bands of cells: each array holds the plan numbers of one band, from left to right; a leading
     * -1 turns the whole picture, so bands are columns and cells go downwards.
     */
    private static List<int[]> arrangement(SceneRandom random, int n) {
        List<int[]> bands =
                switch (n) {
                    case 1 -> List.of(new int[] {0});
                    case 2 -> List.of(new int[] {0, 1});
                    default ->
                        random.pickOf(
                                List.of(new int[] {0, 1, 2}),
                                List.of(new int[] {0, 1}, new int[] {2}),
                                List.of(new int[] {0}, new int[] {1, 2}));
                };
        if (random.chance(0.5)) {
            return bands;
        }
        var turned = new ArrayList<int[]>();
        turned.add(new int[] {-1});
        turned.addAll(bands);
        return turned;
    }

    private static boolean turned(List<int[]> bands) {
        return bands.get(0)[0] < 0;
    }

    private static double along(Plan plan, boolean turned) {
        return turned ? plan.height() : plan.width();
    }

    private static double across(Plan plan, boolean turned) {
        return turned ? plan.width() : plan.height();
    }

    private static boolean fits(List<Plan> plans, List<int[]> bands) {
        boolean turned = turned(bands);
        double room = 1 - 2 * MARGIN;
        double total = 0;
        for (int[] band : bands) {
            double length = 0;
            double depth = 0;
            for (int i : band) {
                if (i >= 0) {
                    length += along(plans.get(i), turned);
                    depth = Math.max(depth, across(plans.get(i), turned));
                }
            }
            if (length > room) {
                return false;
            }
            total += depth;
        }
        return total <= room;
    }

    private static List<Group> place(SceneRandom random, List<Plan> plans, List<int[]> bands) {
        boolean turned = turned(bands);
        double[] depths = new double[bands.size()];
        double free = 1 - 2 * MARGIN;
        for (int b = 0; b < depths.length; b++) {
            for (int i : bands.get(b)) {
                depths[b] = i < 0 ? 0 : Math.max(depths[b], across(plans.get(i), turned));
            }
            free -= depths[b];
        }
        double[] slack = shares(random, depths.length, free);
        var groups = new Group[plans.size()];
        double start = MARGIN;
        for (int b = 0; b < depths.length; b++) {
            double depth = depths[b] + slack[b];
            placeBand(random, plans, bands.get(b), turned, start, depth, groups);
            start += depth;
        }
        return List.of(groups);
    }

    private static void placeBand(
            SceneRandom random,
            List<Plan> plans,
            int[] band,
            boolean turned,
            double start,
            double depth,
            Group[] groups) {
        if (band[0] < 0) {
            return;
        }
        double free = 1 - 2 * MARGIN;
        for (int i : band) {
            free -= along(plans.get(i), turned);
        }
        double[] slack = shares(random, band.length, free);
        double at = MARGIN;
        for (int k = 0; k < band.length; k++) {
            Plan plan = plans.get(band[k]);
            double length = along(plan, turned) + slack[k];
            groups[band[k]] = turned
                    ? group(random, plan, start, at, depth, length)
                    : group(random, plan, at, start, length, depth);
            at += length;
        }
    }

    /** Splits {@code free} into n random parts. */
    private static double[] shares(SceneRandom random, int n, double free) {
        double[] shares = new double[n];
        double total = 0;
        for (int i = 0; i < n; i++) {
            shares[i] = random.between(0.3, 1);
            total += shares[i];
        }
        for (int i = 0; i < n; i++) {
            shares[i] *= free / total;
        }
        return shares;
    }

    /** Places a plan somewhere inside a cell, its slots stretched a little if there is room. */
    private static Group group(SceneRandom random, Plan plan, double x, double y, double width, double height) {
        double stretchX = Math.min(width / plan.width(), random.between(1, 1.3));
        double stretchY = Math.min(height / plan.height(), random.between(1, 1.3));
        double slotW = plan.extent() * SLOT * stretchX;
        double slotH = plan.extent() * SLOT * stretchY;
        double left = x + random.unit() * Math.max(0, width - slotW * plan.columns());
        double top = y + random.unit() * Math.max(0, height - slotH * plan.rows());
        boolean facing = random.chance(0.5);
        var things = new ArrayList<Thing>();
        for (int i = 0; i < plan.count(); i++) {
            int row = i / plan.columns();
            int column = i % plan.columns();
            boolean lastRow = row == plan.rows() - 1;
            int inRow = lastRow ? plan.count() - row * plan.columns() : plan.columns();
            double indent = (plan.columns() - inRow) * slotW / 2;
            double extent = plan.extent() * random.between(0.95, 1);
            double playX = Math.max(0, slotW - plan.extent() * SLOT) / 2;
            double playY = Math.max(0, slotH - plan.extent() * SLOT) / 2;
            things.add(new Thing(
                    left + indent + (column + 0.5) * slotW + random.between(-playX, playX),
                    top + (row + 0.5) * slotH + random.between(-playY, playY),
                    extent,
                    random.between(-0.14, 0.14),
                    random.chance(0.85) == facing,
                    random.between(0.9, 1.1)));
        }
        Surface surface = random.pickOf(
                Surface.SMOOTH,
                Surface.SMOOTH,
                Surface.SMOOTH,
                Surface.SMOOTH,
                Surface.SMOOTH,
                Surface.STRIPED,
                Surface.SPOTTED);
        return new Group(plan.kind(), plan.color(), plan.size(), surface, things);
    }

    private static Backdrop backdrop(SceneRandom random, List<Plan> plans) {
        // No background is far from every colour, so the demand relaxes with every attempt.
        for (double demand = 1; ; demand *= 0.97) {
            double least = demand;
            Background background = random.pickOf(Background.values());
            int[] palette = background.palette();
            int upper = palette.length > 0 ? palette[0] : random.pick(PATTERN_COLORS);
            int lower = palette.length > 1 ? palette[1] : near(random, upper);
            boolean clash = plans.stream()
                    .anyMatch(p -> distance(p.color().rgb(), upper) < least * limit(p.color())
                            || distance(p.color().rgb(), lower) < least * limit(p.color()));
            if (!clash) {
                double horizon = background.landscape() ? random.between(0.35, 0.75) : random.between(0.11, 0.2);
                return new Backdrop(background, upper, lower, horizon);
            }
        }
    }

    /** A lighter or darker neighbour of a pattern's first colour. */
    private static int near(SceneRandom random, int rgb) {
        double gain = random.chance(0.5) ? random.between(0.8, 0.88) : random.between(1.1, 1.18);
        return SceneColors.scale(rgb, gain);
    }

    /** White has outlines only to stand out by against pale backgrounds, so it may come nearer than colours may. */
    private static double limit(ThingColor color) {
        return color == ThingColor.WHITE ? 62 : 105;
    }

    private static double distance(int a, int b) {
        double dr = SceneColors.red(a) - SceneColors.red(b);
        double dg = SceneColors.green(a) - SceneColors.green(b);
        double db = SceneColors.blue(a) - SceneColors.blue(b);
        return Math.sqrt(dr * dr + dg * dg + db * db);
    }

    private static Light light(SceneRandom random) {
        return new Light(
                random.between(0.82, 1.08),
                random.between(-0.05, 0.05),
                random.chance(0.5) ? random.between(0, 0.25) : 0,
                random.between(0, 2 * Math.PI));
    }

    private static Damage damage(SceneRandom random) {
        double noise = random.chance(0.5) ? random.between(0, 8) : random.between(0, 2);
        int quality = random.chance(0.25) ? 30 + random.below(61) : 0;
        return new Damage(noise, quality);
    }
}
