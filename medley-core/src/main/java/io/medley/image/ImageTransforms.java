package io.medley.image;

import io.medley.tensor.MedleyException;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** The transforms of the models, by name. */
public final class ImageTransforms {
    /** Pixels of any intermediate picture. */
    static final long MAX_PIXELS = 100_000_000;

    private static final int MAX_SIDE = 8192;

    private ImageTransforms() {}

    /** BLIP's (and ALBEF's) evaluation: {@code Resize((size, size), BICUBIC)}, ToTensor, Normalize. */
    public static ImageTransform blip(int size) {
        return new ResizeTransform(size, size, ResizeFilter.BICUBIC, Normalization.CLIP);
    }

    /** OpenAI CLIP's: short side to {@code size} bicubic, centre crop, RGB, ToTensor, Normalize. */
    public static ImageTransform clip(int size) {
        return new CenterCropTransform(
                size, size, size, ResizeFilter.BICUBIC, Normalization.CLIP, CenterCropTransform.Rounding.TORCHVISION);
    }

    /**
     * BLIP's {@code transform_train}: random resized crop (scale 0.5 to 1 by default upstream), flip, RandAugment (2 operations at level 5),
     * normalisation.
     */
    public static RandomImageTransform blipTrain(int size, double minScale) {
        return new TrainTransform(RandomResizedCrop.of(size, minScale), true, RandAugment.blip(), Normalization.CLIP);
    }

    /** What a Hugging Face {@code preprocessor_config.json} (or {@code processor_config.json}) describes. */
    public static ImageTransform fromPreprocessorConfig(Path file) {
        return PreprocessorConfig.read(file);
    }

    /** As {@link #fromPreprocessorConfig(Path)}, already parsed. */
    public static ImageTransform fromPreprocessorConfig(JsonNode config) {
        return PreprocessorConfig.parse(config, "preprocessor_config.json");
    }

    static void checkSide(String name, int side) {
        if (side < 1 || side > MAX_SIDE) {
            throw new MedleyException("image " + name + ": expected 1 to " + MAX_SIDE + " pixels, got " + side);
        }
    }
}
