package io.medley.model.dit;

import io.medley.nn.Attention;
import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/**
 * Picture tokens attend to the tokens of a caption (as PixArt-α's blocks do). Keys and values do not depend on the picture: they are computed
 * once for all steps of sampling.
 */
final class CaptionAttention {
    /** Keys and values of a caption, each (B, H, T, D). */
    record Memory(Tensor keys, Tensor values) {}

    private final String path;
    private final int heads;
    private final Linear query;
    private final Linear keyValue;
    private final Linear proj;

    CaptionAttention(Weights weights, int width, int heads) {
        this.path = weights.path();
        this.heads = heads;
        this.query = new Linear(weights.at("q_linear"), width, width);
        this.keyValue = new Linear(weights.at("kv_linear"), width, 2 * width);
        // The branch starts at 0, as the others do.
        this.proj = new Linear(weights.at("proj"), width, width, true, Init.ZEROS);
    }

    /** @param caption (B, T, C) */
    Memory memory(Tensor caption) {
        var both = keyValue.forward(caption).chunk(2, -1);
        return new Memory(Attention.splitHeads(both[0], heads), Attention.splitHeads(both[1], heads));
    }

    /** (B, N, C) → (B, N, C). */
    Tensor forward(Tensor x, Memory memory) {
        var queries = Attention.splitHeads(query.forward(x), heads); // (B, H, N, D)
        var out = Attention.attend(queries, memory.keys, memory.values, null, false, path);
        return proj.forward(Attention.mergeHeads(out));
    }
}
