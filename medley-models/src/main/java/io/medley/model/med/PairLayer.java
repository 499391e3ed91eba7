package io.medley.model.med;

import io.medley.nn.Attention;
import io.medley.nn.Fresh;
import io.medley.nn.LayerNorm;
import io.medley.nn.Linear;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A layer whose text looks at two images: one cross-attention for each, their results averaged in the lower layers and merged by a learnt
 * map from layer 6 on ({@code models/nlvr_encoder.py} of salesforce/BLIP).
 */
final class PairLayer {
    private static final int FIRST_MERGING = 6;

    private final String path;
    private final MedAttention attention;
    private final Side first;
    private final Side second;
    private final @Nullable Linear merge;
    private final LayerNorm crossNorm;
    private final MedFeedForward feedForward;

    /** Cross-attention to one of the images, up to its output map. */
    private static final class Side {
        private final String path;
        private final int heads;
        private final Linear query;
        private final Linear key;
        private final Linear value;
        private final Linear dense;

        Side(Weights cross, int number, MedConfig config) {
            var self = cross.at("self" + number);
            this.path = self.path();
            this.heads = config.heads();
            this.query = new Linear(self.at("query"), config.width(), config.width());
            this.key = new Linear(self.at("key"), config.encoderWidth(), config.width());
            this.value = new Linear(self.at("value"), config.encoderWidth(), config.width());
            this.dense = new Linear(cross.at("output.dense" + number), config.width(), config.width());
        }

        /** Text (B, T, C) looking at one image each (B, N, W) → (B, T, C). */
        Tensor forward(Tensor x, Tensor image) {
            var q = Attention.splitHeads(query.forward(x), heads);
            var k = Attention.splitHeads(key.forward(image), heads);
            var v = Attention.splitHeads(value.forward(image), heads);
            return dense.forward(Attention.mergeHeads(Attention.attend(q, k, v, null, false, path)));
        }
    }

    PairLayer(Weights weights, MedConfig config, int index) {
        this.path = weights.path();
        this.attention = new MedAttention(weights.at("attention"), config, config.width());
        var cross = weights.at("crossattention");
        this.first = new Side(cross, 0, config);
        this.second = new Side(cross, 1, config);
        this.merge = index >= FIRST_MERGING
                ? new Linear(cross.at("output.merge_layer"), 2 * config.width(), config.width())
                : null;
        this.crossNorm = new LayerNorm(cross.at("output.LayerNorm"), config.width(), config.layerNormEps());
        this.feedForward = new MedFeedForward(weights, config);
    }

    Tensor forward(Tensor x, @Nullable Tensor mask, Tensor image0, Tensor image1) {
        x = attention.forward(x, mask);
        var a = first.forward(x, image0);
        var b = second.forward(x, image1);
        var seen = merge == null ? a.add(b).div(2) : merge.forward(Tensor.cat(2, a, b));
        x = Trace.tap(path + ".crossattention", crossNorm.forward(Fresh.residual(x, seen)));
        return Trace.tap(path, feedForward.forward(x));
    }
}
