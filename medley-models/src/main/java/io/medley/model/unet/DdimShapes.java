package io.medley.model.unet;

import io.medley.checkpoint.Checkpoint;
import io.medley.model.unet.DdpmUnetConfig.Downsampling;
import io.medley.nn.Dropout;
import io.medley.nn.SinusoidalEmbedding;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.List;

/** The sizes of ddim's network, read off its weights: its checkpoints come without a configuration. */
final class DdimShapes {
    private static final int MOST = 64;

    private DdimShapes() {}

    static boolean isOne(Checkpoint weights) {
        return weights.names().contains("temb.dense.0.weight")
                && weights.names().contains("down.0.block.0.conv1.weight");
    }

    static DdpmUnetConfig read(Checkpoint weights) {
        var names = weights.names();
        List<Integer> widths = new ArrayList<>();
        List<Boolean> attention = new ArrayList<>();
        for (int i = 0; i < MOST && names.contains("down." + i + ".block.0.conv1.weight"); i++) {
            widths.add(size(weights, "down." + i + ".block.0.conv1.weight", 0));
            attention.add(names.contains("down." + i + ".attn.0.q.weight"));
        }
        int blocks = 0;
        while (blocks < MOST && names.contains("down.0.block." + blocks + ".conv1.weight")) {
            blocks++;
        }
        int channels = size(weights, "conv_in.weight", 0);
        boolean convolution = widths.size() == 1 || names.contains("down.0.downsample.conv.weight");
        return new DdpmUnetConfig(
                size(weights, "conv_in.weight", 1),
                size(weights, "conv_out.weight", 0),
                channels,
                widths,
                attention,
                blocks,
                convolution ? Downsampling.CONVOLUTION_RIGHT_BOTTOM : Downsampling.AVERAGE,
                convolution,
                0,
                32,
                32,
                1e-6,
                new Dropout(0),
                false,
                SinusoidalEmbedding.ddpm(channels),
                0);
    }

    private static int size(Checkpoint weights, String name, int dim) {
        long[] shape = weights.info(name).shape();
        if (dim >= shape.length || shape[dim] > 1 << 20) {
            throw new MedleyException(weights.source() + ": " + name + " has no sizes of a U-Net's convolution");
        }
        return (int) shape[dim];
    }
}
