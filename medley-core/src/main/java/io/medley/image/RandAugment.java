package io.medley.image;

import io.medley.tensor.MedleyException;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * BLIP's {@code RandomAugment}: draws {@code count} operations with replacement and applies each with probability 0.5, at one level.
 *
 * @param operations to draw from
 * @param count operations drawn for a picture
 * @param level 0 to 10
 * @param reference whether to repeat upstream's mistakes, see {@link AugmentOp#apply}
 */
public record RandAugment(List<AugmentOp> operations, int count, double level, boolean reference) {
    private static final double PROBABILITY = 0.5;

    /** The ten operations BLIP and ALBEF train with. */
    public static final List<AugmentOp> BLIP_OPERATIONS = List.of(
            AugmentOp.IDENTITY,
            AugmentOp.AUTO_CONTRAST,
            AugmentOp.BRIGHTNESS,
            AugmentOp.SHARPNESS,
            AugmentOp.EQUALIZE,
            AugmentOp.SHEAR_X,
            AugmentOp.SHEAR_Y,
            AugmentOp.TRANSLATE_X,
            AugmentOp.TRANSLATE_Y,
            AugmentOp.ROTATE);

    public RandAugment {
        operations = List.copyOf(operations);
        if (operations.isEmpty() || count < 0 || !(level >= 0 && level <= 10)) {
            throw new MedleyException("RandAugment: needs operations, a count from 0 and a level of 0 to 10, got "
                    + operations + ", " + count + " and " + level);
        }
    }

    /** What BLIP trains with: two of its ten operations at level 5, upstream's mistakes mended. */
    public static RandAugment blip() {
        return new RandAugment(BLIP_OPERATIONS, 2, 5, false);
    }

    /** Draws and applies. */
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        RgbImage out = image;
        for (int i = 0; i < count; i++) {
            AugmentOp op = operations.get(random.nextInt(operations.size()));
            if (random.nextDouble() > PROBABILITY) {
                continue;
            }
            double argument = op.argument(level);
            if (op.signed() && random.nextBoolean()) {
                argument = -argument;
            }
            out = op.apply(out, argument, reference);
        }
        return out;
    }
}
