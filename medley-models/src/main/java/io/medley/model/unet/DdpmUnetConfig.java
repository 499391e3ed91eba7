package io.medley.model.unet;

import io.medley.nn.Dropout;
import io.medley.nn.SinusoidalEmbedding;
import io.medley.tensor.MedleyException;
import java.util.List;

/**
 * Sizes of DDPM's U-Net. Lists have one element a level, the finest first; each further level halves the picture's sides.
 *
 * @param inChannels channels of the noisy picture
 * @param outChannels channels of the result
 * @param channels width of the first convolution
 * @param widths channels of each level
 * @param attention whether each level attends over its pixels
 * @param residualBlocks residual blocks of a level on the way down; one more on the way up
 * @param downsampling how a level's sides are halved
 * @param resampleWithConvolution whether doubled sides go through a convolution
 * @param headWidth channels of an attention head; 0 for a single head
 * @param groups of the group norms; must divide every width
 * @param middleGroups groups of the norm before the attention in the middle; 0 for no norm there, as diffusers has it with {@code scaleShift}
 * @param normEps their epsilon
 * @param dropout within residual blocks
 * @param scaleShift whether time scales and shifts the second norm's result, instead of being added before it
 * @param time how time becomes numbers
 * @param classes number of class labels, 0 for none
 */
public record DdpmUnetConfig(
        int inChannels,
        int outChannels,
        int channels,
        List<Integer> widths,
        List<Boolean> attention,
        int residualBlocks,
        Downsampling downsampling,
        boolean resampleWithConvolution,
        int headWidth,
        int groups,
        int middleGroups,
        double normEps,
        Dropout dropout,
        boolean scaleShift,
        SinusoidalEmbedding time,
        int classes)
        implements UnetConfig {
    private static final int MOST_LEVELS = 12;
    private static final int MOST_BLOCKS = 64;
    private static final int WIDEST = 1 << 15;

    /** How sides are halved. */
    public enum Downsampling {
        /** A 3×3 convolution of stride 2 with zeros at the right and at the bottom only, as DDPM's. */
        CONVOLUTION_RIGHT_BOTTOM,
        /** A 3×3 convolution of stride 2 with zeros all around. */
        CONVOLUTION,
        /** The mean of each square of four pixels. */
        AVERAGE
    }

    public DdpmUnetConfig {
        widths = List.copyOf(widths);
        attention = List.copyOf(attention);
        require(
                inChannels > 0 && inChannels <= WIDEST && outChannels > 0 && outChannels <= WIDEST,
                "channels in " + inChannels + " and out " + outChannels + " must be 1 to " + WIDEST);
        require(
                !widths.isEmpty() && widths.size() <= MOST_LEVELS && widths.size() == attention.size(),
                widths.size() + " widths and " + attention.size() + " levels with or without attention; give 1 to "
                        + MOST_LEVELS + " of both");
        require(
                residualBlocks > 0 && residualBlocks <= MOST_BLOCKS,
                residualBlocks + " residual blocks in a level; give 1 to " + MOST_BLOCKS);
        require(normEps > 0, "norm epsilon " + normEps + " must be positive");
        require(classes >= 0 && classes <= 1 << 20, classes + " classes; give 0 or more");
        require(groups > 0 && headWidth >= 0, groups + " groups and head width " + headWidth + " cannot be");
        checkWidth(channels, groups, 0);
        for (int width : widths) {
            checkWidth(width, groups, headWidth);
        }
        require(
                middleGroups >= 0 && (middleGroups == 0 || widths.get(widths.size() - 1) % middleGroups == 0),
                "the coarsest width " + widths.get(widths.size() - 1) + " is not a multiple of the " + middleGroups
                        + " norm groups in the middle");
        require(time.width() == channels, "time embedding " + time.width() + " wide, expected " + channels);
    }

    private static void checkWidth(int width, int groups, int headWidth) {
        require(
                width > 0 && width <= WIDEST && width % groups == 0,
                "width " + width + " is not a multiple of " + groups + " norm groups, or over " + WIDEST);
        require(
                headWidth == 0 || width % headWidth == 0,
                "width " + width + " is not a multiple of the attention heads' " + headWidth);
    }

    /** The network of "Denoising Diffusion Probabilistic Models" for 32-pixel pictures: 35.7 million parameters. */
    public static DdpmUnetConfig cifar10() {
        return ddpm(3, 128, List.of(1, 2, 2, 2), List.of(false, true, false, false), 2, 0.1);
    }

    /** DDPM's network of any size. */
    public static DdpmUnetConfig ddpm(
            int pictureChannels,
            int channels,
            List<Integer> multipliers,
            List<Boolean> attention,
            int residualBlocks,
            double dropout) {
        return new DdpmUnetConfig(
                pictureChannels,
                pictureChannels,
                channels,
                multipliers.stream().map(m -> Math.multiplyExact(m, channels)).toList(),
                attention,
                residualBlocks,
                Downsampling.CONVOLUTION_RIGHT_BOTTOM,
                true,
                0,
                32,
                32,
                1e-6,
                new Dropout(dropout),
                false,
                SinusoidalEmbedding.ddpm(channels),
                0);
    }

    /** Number of resolutions. */
    public int levels() {
        return widths.size();
    }

    @Override
    public int factor() {
        return 1 << (levels() - 1);
    }

    /** Width of what the blocks learn about time and class. */
    int embeddingWidth() {
        return 4 * channels;
    }

    private static void require(boolean ok, String problem) {
        if (!ok) {
            throw new MedleyException("U-Net configuration: " + problem + "; correct it in the configuration file");
        }
    }
}
