package io.medley.model.vit;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** A convolution whose stride is its kernel, written as what it is: one linear map of each patch. */
final class PatchEmbed implements Stem {
    private final Tensor weight; // (C, 3, P, P)
    private final Tensor bias; // (C)
    private final int patch;

    PatchEmbed(Weights weights, VitConfig config) {
        this.patch = config.patchSize();
        this.weight = weights.parameter("proj.weight", Init.fanIn(), config.width(), 3, patch, patch);
        this.bias = weights.parameter("proj.bias", Init.ZEROS, config.width());
    }

    @Override
    public Tensor forward(Tensor pixels) {
        long batch = pixels.size(0);
        long grid = pixels.size(2) / patch;
        var patches = pixels.reshape(batch, 3, grid, patch, grid, patch)
                .permute(0, 2, 4, 1, 3, 5) // (B, g, g, 3, P, P)
                .reshape(batch, grid * grid, 3L * patch * patch);
        return patches.linear(weight.reshape(weight.size(0), -1), bias); // (B, g², C)
    }
}
