package io.medley.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.image.RgbImage;
import io.medley.scenes.Scene.Thing;
import io.medley.scenes.SceneObject.Box;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SceneObjectsTest {
    @ParameterizedTest
    @ValueSource(ints = {64, 200})
    void masksFillTheirBoxesAndDoNotOverlap(int size) {
        for (int i = 0; i < 150; i++) {
            SceneSample sample = Scenes.of(SceneSplit.VAL).sample(i, size);
            List<Thing> things = sample.scene().groups().stream()
                    .flatMap(g -> g.things().stream())
                    .toList();
            List<SceneObject> objects = sample.objects();
            assertThat(objects).hasSameSizeAs(things);
            var all = new BitSet();
            for (int k = 0; k < objects.size(); k++) {
                SceneObject object = objects.get(k);
                Box box = object.box();
                assertThat(object.mask().intersects(all)).isFalse();
                all.or(object.mask());
                object.mask().stream().forEach(p -> {
                    assertThat(p % size).isBetween(box.x(), box.x() + box.width() - 1);
                    assertThat(p / size).isBetween(box.y(), box.y() + box.height() - 1);
                });
                assertThat(object.mask().cardinality())
                        .isGreaterThan(box.width() * box.height() / 5)
                        .isLessThanOrEqualTo(box.width() * box.height());
                Thing thing = things.get(k);
                assertThat(Math.max(box.width(), box.height()) / (double) size)
                        .isBetween(thing.extent() * 0.8 - 1.5 / size, thing.extent() * 1.15 + 1.5 / size);
                assertThat(box.x() + box.width() / 2.0).isBetween((thing.x() - 0.06) * size, (thing.x() + 0.06) * size);
                assertThat(object.polygons()).isNotEmpty();
                assertThat(object.keypoints()).isNotEmpty().allMatch(p -> p.visible());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void mostOfAMaskHasTheColorOfTheThing(Kind kind) {
        for (ThingColor color : ThingColor.values()) {
            var group = new Scene.Group(
                    kind,
                    color,
                    ThingSize.LARGE,
                    Scene.Surface.SMOOTH,
                    List.of(new Thing(0.5, 0.5, 0.55, 0, false, 1)));
            var scene = new Scene(
                    3,
                    new Scene.Backdrop(Background.PLAIN, 0x96A0AA, 0x96A0AA, 0.1),
                    List.of(group),
                    new Scene.Light(1, 0, 0, 0),
                    new Scene.Damage(0, 0));
            RgbImage image = Scenes.render(scene, 64);
            BitSet mask = SceneObjects.of(scene, 64).get(0).mask();
            long near = mask.stream()
                    .filter(p -> distance(image, p, color.rgb()) < 40)
                    .count();
            assertThat(near / (double) mask.cardinality())
                    .as(kind + " " + color)
                    .isGreaterThan(0.25);
        }
    }

    private static double distance(RgbImage image, int at, int rgb) {
        int x = at % image.width();
        int y = at / image.width();
        return Math.abs(image.get(x, y, 0) - SceneColors.red(rgb))
                + Math.abs(image.get(x, y, 1) - SceneColors.green(rgb))
                + Math.abs(image.get(x, y, 2) - SceneColors.blue(rgb));
    }

    @Test
    void silhouettesDiffer() {
        Kind[] kinds = Kind.values();
        var masks = new BitSet[kinds.length];
        for (Kind kind : kinds) {
            var group = new Scene.Group(
                    kind,
                    ThingColor.RED,
                    ThingSize.LARGE,
                    Scene.Surface.SMOOTH,
                    List.of(new Thing(0.5, 0.5, 0.55, 0, false, 1)));
            var scene = new Scene(
                    3,
                    new Scene.Backdrop(Background.PLAIN, 0, 0, 0.1),
                    List.of(group),
                    new Scene.Light(1, 0, 0, 0),
                    new Scene.Damage(0, 0));
            masks[kind.ordinal()] = SceneObjects.of(scene, 64).get(0).mask();
        }
        for (int a = 0; a < kinds.length; a++) {
            for (int b = 0; b < a; b++) {
                var shared = (BitSet) masks[a].clone();
                shared.and(masks[b]);
                var either = (BitSet) masks[a].clone();
                either.or(masks[b]);
                assertThat(shared.cardinality() / (double) either.cardinality())
                        .as(kinds[a] + " and " + kinds[b])
                        .isLessThan(0.88);
            }
        }
    }

    @Test
    void jpegDamageIsSlightAtHighQualityAndGrows() {
        int[] pixels = new int[48 * 40];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = SceneColors.rgb(i % 48 * 5, i / 48 * 6, 128 + 100 * Math.sin(i * 0.05));
        }
        double fine = damage(pixels, 95);
        double coarse = damage(pixels, 10);
        assertThat(fine).isLessThan(3);
        assertThat(coarse).isGreaterThan(2 * fine).isLessThan(30);
    }

    private static double damage(int[] pixels, int quality) {
        int[] copy = pixels.clone();
        JpegDamage.apply(copy, 48, 40, quality);
        double total = 0;
        for (int i = 0; i < copy.length; i++) {
            total += Math.abs(SceneColors.green(copy[i]) - SceneColors.green(pixels[i]));
        }
        return total / copy.length;
    }
}
