package io.medley.model.blip;

import io.medley.model.med.MedConfig;
import io.medley.model.med.Sharing;
import io.medley.model.vit.VitConfig;
import io.medley.tensor.MedleyException;

/**
 * What every head of BLIP is built from.
 *
 * @param vision the image encoder
 * @param text the text transformer; its encoder width is the image encoder's width
 * @param embedDim width E of the space in which images and texts are compared (256 in the published models)
 * @param tiedHead whether the decoder's last matrix is its word embeddings (so in salesforce/BLIP; Hugging Face files hold both)
 * @param prompt what every caption begins with ("a picture of " in the original), possibly empty
 * @param sharing what the decoder shares with the text encoder while both are trained together
 */
public record BlipConfig(
        VitConfig vision, MedConfig text, int embedDim, boolean tiedHead, String prompt, Sharing sharing) {
    public BlipConfig {
        if (embedDim < 1) {
            throw new MedleyException("BLIP configuration: embed_dim is " + embedDim + ", expected 1 or more");
        }
    }

    /** With the sharing of the published models. */
    public BlipConfig(VitConfig vision, MedConfig text, int embedDim, boolean tiedHead, String prompt) {
        this(vision, text, embedDim, tiedHead, prompt, Sharing.ALL_BUT_SELF_ATTENTION);
    }

    /** BLIP with ViT-B/16. */
    public static BlipConfig base(int imageSize) {
        return new BlipConfig(VitConfig.base(imageSize), MedConfig.base(768), 256, true, "a picture of ");
    }

    /** BLIP with ViT-L/16. */
    public static BlipConfig large(int imageSize) {
        return new BlipConfig(VitConfig.large(imageSize), MedConfig.base(1024), 256, true, "a picture of ");
    }

    /** The text transformer as it looks at images. */
    public MedConfig imageText() {
        return text.withEncoderWidth(vision.width());
    }

    /** The answer decoder of VQA, which looks at the question's states. */
    public MedConfig questionText() {
        return text.withEncoderWidth(text.width());
    }

    public BlipConfig withImageSize(int size) {
        return new BlipConfig(vision.withImageSize(size), text, embedDim, tiedHead, prompt, sharing);
    }

    /** With or without a matrix of its own for the language-model head. */
    public BlipConfig withTiedHead(boolean tied) {
        return new BlipConfig(vision, text, embedDim, tied, prompt, sharing);
    }

    /** The same with another text that every caption begins with. */
    public BlipConfig withPrompt(String text) {
        return new BlipConfig(vision, this.text, embedDim, tiedHead, text, sharing);
    }

    /** The same with another sharing between text encoder and decoder. */
    public BlipConfig withSharing(Sharing other) {
        return new BlipConfig(vision, text, embedDim, tiedHead, prompt, other);
    }
}
