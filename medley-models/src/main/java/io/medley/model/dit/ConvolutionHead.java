package io.medley.model.dit;

import io.medley.nn.Convolution;
import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** Tokens → picture without seams: each token becomes four cells, and a convolution over the cells gives the pixels of each. */
final class ConvolutionHead {
    private final int grid;
    private final int patch;
    private final int cellWidth;
    private final int channels;
    private final Linear cells;
    private final Convolution convolution;

    ConvolutionHead(Weights weights, DitConfig config) {
        this.grid = config.grid();
        this.patch = config.patchSize();
        this.cellWidth = config.width() / 2;
        this.channels = config.outChannels();
        this.cells = new Linear(weights.at("cells"), config.width(), 4 * cellWidth, true, Init.fanIn());
        this.convolution =
                new Convolution(weights.at("conv"), cellWidth, channels * patch * patch / 4, 3, 1, 1, Init.ZEROS);
    }

    /** (B, N, C) → (B, channels, S, S). */
    Tensor forward(Tensor tokens) {
        var x = unfold(cells.forward(tokens).transpose(1, 2).reshape(tokens.size(0), -1, grid, grid), cellWidth, 2);
        return unfold(convolution.forward(x.silu()), channels, patch / 2);
    }

    /** (B, channels · side², h, w) → (B, channels, h · side, w · side): PyTorch's pixel shuffle. */
    private static Tensor unfold(Tensor x, long channels, long side) {
        long batch = x.size(0);
        long height = x.size(2);
        long width = x.size(3);
        return x.reshape(batch, channels, side, side, height, width)
                .permute(0, 1, 4, 2, 5, 3)
                .reshape(batch, channels, height * side, width * side);
    }
}
