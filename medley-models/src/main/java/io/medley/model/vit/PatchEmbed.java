package io.medley.model.vit;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** A convolution whose stride is its kernel, written as what it is: one linear map of each patch. */
public final class PatchEmbed implements Stem {
    private final Tensor weight; // (C, channels, P, P)
    private final Tensor bias; // (C)
    private final int patch;

    /** @param channels of the pictures */
    public PatchEmbed(Weights weights, int channels, int patch, int width) {
        this.patch = patch;
        this.weight = weights.parameter("proj.weight", Init.fanIn(), width, channels, patch, patch);
        this.bias = weights.parameter("proj.bias", Init.ZEROS, width);
    }

    @Override
    public Tensor forward(Tensor pixels) {
        long batch = pixels.size(0);
        long channels = pixels.size(1);
        long grid = pixels.size(2) / patch;
        var patches = pixels.reshape(batch, channels, grid, patch, grid, patch)
                .permute(0, 2, 4, 1, 3, 5) // (B, g, g, channels, P, P)
                .reshape(batch, grid * grid, channels * patch * patch);
        return patches.linear(weight.reshape(weight.size(0), -1), bias); // (B, g², C)
    }
}
