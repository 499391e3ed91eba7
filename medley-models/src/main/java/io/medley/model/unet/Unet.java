package io.medley.model.unet;

import io.medley.tensor.Tensor;

/** What all U-Nets are to those who sample with them. */
public sealed interface Unet permits DdpmUnet, EdmUnet {
    /**
     * Without classes and without dropout.
     *
     * @param x (B, {@link UnetConfig#inChannels}, H, W), the sides multiples of {@link UnetConfig#factor}
     * @param times (B), in the network's own units
     * @return (B, {@link UnetConfig#outChannels}, H, W)
     * @throws io.medley.tensor.MedleyException when shapes do not fit
     */
    Tensor forward(Tensor x, Tensor times);

    UnetConfig config();
}
