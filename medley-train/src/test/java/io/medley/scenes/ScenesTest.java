package io.medley.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScenesTest {
    @ParameterizedTest
    @EnumSource(SceneSplit.class)
    void theSameIndexIsTheSameSampleFromAnyThread(SceneSplit split) {
        var once = IntStream.range(0, 24)
                .mapToObj(i -> Scenes.of(split).sample(i, 48))
                .toList();
        var again = IntStream.range(0, 24)
                .parallel()
                .mapToObj(i -> Scenes.of(split).sample(i, 48))
                .toList();
        assertThat(again).isEqualTo(once);
    }

    @Test
    void anotherSizeIsTheSameScene() {
        for (int i = 0; i < 12; i++) {
            SceneSample small = Scenes.of(SceneSplit.TEST).sample(i, 64);
            SceneSample large = Scenes.of(SceneSplit.TEST).sample(i, 256);
            assertThat(large.scene()).isEqualTo(small.scene());
            assertThat(large.captions()).isEqualTo(small.captions());
            assertThat(meanDifference(large.image(), small.image())).isLessThan(14);
            assertThat(large.image().width()).isEqualTo(256);
        }
    }

    /** Mean absolute difference of the small picture from the large one averaged down to it. */
    private static double meanDifference(RgbImage large, RgbImage small) {
        int k = large.width() / small.width();
        double total = 0;
        for (int y = 0; y < small.height(); y++) {
            for (int x = 0; x < small.width(); x++) {
                for (int c = 0; c < 3; c++) {
                    double sum = 0;
                    for (int i = 0; i < k * k; i++) {
                        sum += large.get(x * k + i % k, y * k + i / k, c);
                    }
                    total += Math.abs(sum / (k * k) - small.get(x, y, c));
                }
            }
        }
        return total / (3.0 * small.width() * small.height());
    }

    @Test
    void splitsShareNoScene() {
        Set<Object> seen = new HashSet<>();
        int asked = 0;
        for (SceneSplit split : SceneSplit.values()) {
            for (int i = 0; i < 2000; i++, asked++) {
                seen.add(Scenes.of(split).scene(i).groups());
            }
        }
        assertThat(seen).hasSize(asked);
    }

    @Test
    void heldOutPairsAreInTheCompositionalSplitOnlyAndItHasNoOthers() {
        for (SceneSplit split : SceneSplit.values()) {
            for (int i = 0; i < 3000; i++) {
                for (Scene.Group group : Scenes.of(split).scene(i).groups()) {
                    assertThat(HeldOutPairs.contains(group.kind(), group.color()))
                            .isEqualTo(split == SceneSplit.COMPOSITIONAL);
                }
            }
        }
    }

    @Test
    void everyColorIsHeldOutForThreeKindsAndEverythingElseIsSeen() {
        var pairs = new HashSet<String>();
        var kinds = EnumSet.noneOf(Kind.class);
        var backgrounds = EnumSet.noneOf(Background.class);
        for (int i = 0; i < 5000; i++) {
            Scene scene = Scenes.of(SceneSplit.TRAIN).scene(i);
            backgrounds.add(scene.backdrop().background());
            scene.groups().forEach(g -> {
                kinds.add(g.kind());
                pairs.add(g.kind() + " " + g.color());
            });
        }
        assertThat(backgrounds).containsExactly(Background.values());
        assertThat(kinds).containsExactly(Kind.values());
        assertThat(pairs).hasSize(Kind.values().length * (ThingColor.values().length - 1));
        for (ThingColor color : ThingColor.values()) {
            assertThat(java.util.Arrays.stream(Kind.values()).filter(k -> HeldOutPairs.contains(k, color)))
                    .hasSize(3);
        }
    }

    @Test
    void thingsLieInThePictureInTheirSizesAndKeepApart() {
        for (int i = 0; i < 3000; i++) {
            Scene scene = Scenes.of(SceneSplit.TRAIN).scene(i);
            assertThat(scene.groups()).hasSizeBetween(1, 3);
            var things =
                    scene.groups().stream().flatMap(g -> g.things().stream()).toList();
            for (Scene.Group group : scene.groups()) {
                assertThat(group.count()).isBetween(1, 4);
                for (Scene.Thing thing : group.things()) {
                    assertThat(thing.extent())
                            .isBetween(group.size().least() * 0.95, group.size().most());
                    assertThat(thing.x()).isBetween(thing.extent() / 2, 1 - thing.extent() / 2);
                    assertThat(thing.y()).isBetween(thing.extent() / 2, 1 - thing.extent() / 2);
                }
            }
            for (Scene.Thing a : things) {
                for (Scene.Thing b : things) {
                    double apart = Math.max(Math.abs(a.x() - b.x()), Math.abs(a.y() - b.y()));
                    assertThat(a == b || apart > 0.98 * (a.extent() + b.extent()) / 2)
                            .isTrue();
                }
            }
        }
    }

    /** A trained model is tied to what the splits say; this fails when they change. */
    @Test
    void wordsOfTheFixedSplitsStay() {
        var sum = new CRC32();
        for (SceneSplit split : SceneSplit.values()) {
            for (int i = 0; i < 300; i++) {
                sum.update(Scenes.of(split).captions(i).toString().getBytes(StandardCharsets.UTF_8));
                sum.update(Scenes.of(split).questions(i).toString().getBytes(StandardCharsets.UTF_8));
                for (Scene.Group group : Scenes.of(split).scene(i).groups()) {
                    for (Scene.Thing thing : group.things()) {
                        sum.update((int) (thing.x() * 1e4));
                        sum.update((int) (thing.y() * 1e4));
                    }
                }
            }
        }
        assertThat(Long.toHexString(sum.getValue())).isEqualTo("547b5d56");
    }

    @Test
    void saysWhatIsWrongWithSizesAndIndices() {
        assertThatThrownBy(() -> Scenes.of(SceneSplit.VAL).sample(0, 1 << 20))
                .isInstanceOf(MedleyException.class)
                .hasMessage("picture size 1048576: must be 16 to 4096 pixels");
        assertThatThrownBy(() -> Scenes.of(SceneSplit.VAL).scene(-1))
                .isInstanceOf(MedleyException.class)
                .hasMessage("scene index -1: must be 0 or more");
    }
}
