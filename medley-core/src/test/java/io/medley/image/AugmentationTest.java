package io.medley.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static final RgbImage IMAGE = new Golden("image_transforms").image("portrait.png/rgb_u8");

    @Test
    void boxesLieInsideAndKeepScaleAndRatio() {
        RandomResizedCrop crop = RandomResizedCrop.of(32, 0.5);
        SplittableRandom random = new SplittableRandom(7);
        Set<RandomResizedCrop.Box> seen = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            RandomResizedCrop.Box box = crop.draw(300, 400, random);
            seen.add(box);
            assertThat(box.top()).isNotNegative();
            assertThat(box.left()).isNotNegative();
            assertThat(box.top() + box.height()).isLessThanOrEqualTo(300);
            assertThat(box.left() + box.width()).isLessThanOrEqualTo(400);
            assertThat(box.height() * box.width() / 120_000.0).isBetween(0.495, 1.0);
            assertThat((double) box.width() / box.height()).isBetween(0.745, 1.345);
        }
        assertThat(seen.size()).isGreaterThan(450);
    }

    @Test
    void thinPicturesFallBackToTheirCentre() {
        RandomResizedCrop crop = RandomResizedCrop.of(32, 0.9);
        assertThat(crop.draw(1000, 30, new SplittableRandom(1))).isEqualTo(new RandomResizedCrop.Box(480, 0, 40, 30));
        assertThat(crop.draw(30, 1000, new SplittableRandom(1))).isEqualTo(new RandomResizedCrop.Box(0, 480, 30, 40));
    }

    @Test
    void theGeneratorDecidesEverything() {
        RandomImageTransform transform = ImageTransforms.blipTrain(48, 0.5);
        float[] first = transform.apply(IMAGE, new SplittableRandom(3));
        assertThat(transform.apply(IMAGE, new SplittableRandom(3))).isEqualTo(first);
        assertThat(transform.apply(IMAGE, new SplittableRandom(4))).isNotEqualTo(first);
        assertThat(first).hasSize(3 * 48 * 48);
    }

    @Test
    void everyOperationKeepsTheSizeAtEveryLevel() {
        for (AugmentOp op : AugmentOp.values()) {
            for (int level = 0; level <= 10; level++) {
                RgbImage out = op.apply(IMAGE, op.argument(level), false);
                assertThat(out.width()).isEqualTo(IMAGE.width());
                assertThat(out.height()).isEqualTo(IMAGE.height());
            }
        }
    }

    @Test
    void sharpnessDoesNotWrapAround() {
        byte[] rgb = new byte[5 * 5 * 3];
        rgb[(2 * 5 + 2) * 3] = (byte) 255;
        RgbImage dot = new RgbImage(5, 5, rgb);
        assertThat(AugmentOp.SHARPNESS.apply(dot, 1.72, false).get(2, 2, 0)).isEqualTo(255);
        assertThat(AugmentOp.SHARPNESS.apply(dot, 1.72, true).get(2, 2, 0)).isLessThan(255);
    }
}
