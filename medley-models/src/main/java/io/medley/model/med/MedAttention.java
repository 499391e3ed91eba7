package io.medley.model.med;

import io.medley.nn.Attention;
import io.medley.nn.Fresh;
import io.medley.nn.LayerNorm;
import io.medley.nn.Linear;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** BERT's attention with its output projection, residual sum and norm; over the text itself or over an image's tokens. */
final class MedAttention {
    /** Keys and values of one layer, each (B, H, S, D). */
    record KeyValue(Tensor keys, Tensor values) {
        KeyValue select(Tensor index) {
            return new KeyValue(keys.indexSelect(0, index), values.indexSelect(0, index));
        }

        KeyValue and(KeyValue others) {
            return new KeyValue(Tensor.cat(0, keys, others.keys), Tensor.cat(0, values, others.values));
        }

        void close() {
            keys.close();
            values.close();
        }
    }

    private final String path;
    private final int heads;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear dense;
    private final LayerNorm norm;

    MedAttention(Weights weights, MedConfig config, int keyWidth) {
        this.path = weights.path();
        this.heads = config.heads();
        this.query = new Linear(weights.at("self.query"), config.width(), config.width());
        this.key = new Linear(weights.at("self.key"), keyWidth, config.width());
        this.value = new Linear(weights.at("self.value"), keyWidth, config.width());
        this.dense = new Linear(weights.at("output.dense"), config.width(), config.width());
        this.norm = new LayerNorm(weights.at("output.LayerNorm"), config.width(), config.layerNormEps());
    }

    /** This very part under a second set of names. */
    MedAttention under(Weights weights) {
        weights.aliases(path, "self.query", "self.key", "self.value", "output.dense", "output.LayerNorm");
        return this;
    }

    /** Projects (B, S, keyWidth) to keys and values. */
    KeyValue project(Tensor states) {
        return new KeyValue(
                Attention.splitHeads(key.forward(states), heads), Attention.splitHeads(value.forward(states), heads));
    }

    /** The same with each head's rows side by side in memory: a copy that pays when a few queries come many times. */
    KeyValue projectByHead(Tensor states) {
        try (var scope = Scope.open()) {
            var seen = project(states);
            return new KeyValue(
                    scope.keep(seen.keys().contiguous()),
                    scope.keep(seen.values().contiguous()));
        }
    }

    /** Attends within the text; {@code mask} is added to the scores, broadcast to (B, H, T, T). */
    Tensor forward(Tensor x, @Nullable Tensor mask) {
        return attend(x, project(x), mask);
    }

    /** Attends from x (B, T, C) to given keys and values. */
    Tensor attend(Tensor x, KeyValue memory, @Nullable Tensor mask) {
        return attend(x, (q, name) -> Attention.attend(q, memory.keys(), memory.values(), mask, false, name));
    }

    /** How queries see keys and values; {@code path} is the name of this part for {@link Attention#attend}. */
    interface Lookup {
        /** (B, H, T, D) → (B, H, T, D). */
        Tensor apply(Tensor queries, String path);
    }

    /** Attends from x (B, T, C) to whatever {@code lookup} finds. */
    Tensor attend(Tensor x, Lookup lookup) {
        var q = Attention.splitHeads(query.forward(x), heads); // (B, H, T, D)
        return finish(x, Attention.mergeHeads(lookup.apply(q, path)));
    }

    /**
     * Attends from rows of text to the images they belong to: the rows of one image stand together, equally many for each, and are folded
     * into the query axis, so that the image's keys and values are never copied.
     *
     * @param x (I·g, T, C)
     * @param memory (I, H, S, D)
     * @param mask added to the scores, (I, 1, 1, S) or null
     */
    Tensor attendShared(Tensor x, KeyValue memory, @Nullable Tensor mask) {
        long images = memory.keys().size(0);
        long rows = x.size(0);
        long group = rows / images;
        long length = x.size(1);
        long width = x.size(2);
        if (group * images != rows) {
            throw new IllegalArgumentException(
                    path + ": " + rows + " rows of text do not divide among " + images + " images");
        }
        if (group == 1) {
            return attend(x, memory, mask);
        }
        var q = query.forward(x)
                .reshape(images, group * length, heads, width / heads)
                .transpose(1, 2); // (I, H, g·T, D)
        var out = Attention.attend(q, memory.keys(), memory.values(), mask, false, path);
        return finish(x, out.transpose(1, 2).reshape(rows, length, width));
    }

    private Tensor finish(Tensor x, Tensor attended) {
        return Trace.tap(path, norm.forward(Fresh.residual(x, dense.forward(attended))));
    }
}
