package io.medley.model.latent;

import io.medley.nn.Convolution;
import io.medley.nn.Fresh;
import io.medley.nn.GroupNorm;
import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Shapes;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Latent → picture: residual convolutions at the grid, which doubles until its cells are 2 × 2 pixels.
 *
 * <p>B batch, D channels of the latent, G cells along its side, S pixels along the picture's.
 */
public final class LatentDecoder {
    private static final int CELL = 2;
    private static final int PLANES = 3;
    private static final double EPS = 1e-5;

    private final LatentConfig config;
    private final Convolution first;
    private final List<Residual> residuals = new ArrayList<>();
    private final List<Convolution> doublings = new ArrayList<>();
    private final Convolution last;

    /** x + what two convolutions make of it; starts as x alone. */
    private record Residual(GroupNorm norm, Convolution first, Convolution second) {
        Residual(Weights weights, int width) {
            this(
                    new GroupNorm(weights.at("norm"), width, width / LatentConfig.GROUP, EPS),
                    new Convolution(weights.at("conv1"), width, width, 3),
                    new Convolution(weights.at("conv2"), width, width, 3, 1, 1, Init.ZEROS));
        }

        Tensor forward(Tensor x) {
            return Fresh.residual(x, second.forward(Fresh.silu(first.forward(norm.silu(x)))));
        }
    }

    public LatentDecoder(Weights weights, LatentConfig config) {
        this.config = config;
        var widths = config.widths();
        this.first = new Convolution(weights.at("first"), config.channels(), widths.get(0), 3);
        residuals.add(new Residual(weights.at("blocks.0"), widths.get(0)));
        for (int i = 0; i < widths.size(); i++) {
            residuals.add(new Residual(weights.at("blocks." + (i + 1)), widths.get(i)));
            if (i + 1 < widths.size()) {
                doublings.add(new Convolution(
                        weights.at("doublings." + i), widths.get(i), CELL * CELL * widths.get(i + 1), 1));
            }
        }
        this.last = new Convolution(weights.at("last"), widths.get(widths.size() - 1), PLANES * CELL * CELL, 3);
    }

    public LatentConfig config() {
        return config;
    }

    /**
     * Draws pictures.
     *
     * @param latent (B, D, G, G)
     * @return (B, 3, S, S), about −1 to 1
     */
    public Tensor forward(Tensor latent) {
        Shapes.check("LatentDecoder.forward", latent, -1, config.channels(), config.grid(), config.grid());
        var x = residuals.get(0).forward(first.forward(latent));
        for (int i = 1; i < residuals.size(); i++) {
            x = residuals.get(i).forward(x);
            if (i <= doublings.size()) {
                x = unfold(doublings.get(i - 1).forward(x));
            }
        }
        return unfold(last.forward(Fresh.silu(x)));
    }

    /** (B, 4·C, H, W) → (B, C, 2·H, 2·W): PyTorch's pixel shuffle. */
    private static Tensor unfold(Tensor x) {
        long batch = x.size(0);
        long channels = x.size(1) / (CELL * CELL);
        long height = x.size(2);
        long width = x.size(3);
        return x.reshape(batch, channels, CELL, CELL, height, width)
                .permute(0, 1, 4, 2, 5, 3)
                .reshape(batch, channels, height * CELL, width * CELL);
    }
}
