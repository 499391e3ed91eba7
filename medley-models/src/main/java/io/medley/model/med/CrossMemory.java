package io.medley.model.med;

import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What cross-attention looks at: the keys and values of every layer, computed once per image. Captions, beams, samples and questions of an
 * image share it; hard negatives select from it.
 */
public final class CrossMemory implements AutoCloseable {
    final List<MedAttention.KeyValue> layers;
    final @Nullable Tensor mask; // (I, 1, 1, S) added to the scores

    CrossMemory(List<MedAttention.KeyValue> layers, @Nullable Tensor mask) {
        this.layers = layers;
        this.mask = mask;
    }

    /** Number of images (or other contexts) I. */
    public long size() {
        return layers.get(0).keys().size(0);
    }

    /** The memory of chosen images, in the order of {@code index} (int64); gradients flow back. */
    public CrossMemory select(Tensor index) {
        return new CrossMemory(
                layers.stream().map(kv -> kv.select(index)).toList(), mask == null ? null : mask.indexSelect(0, index));
    }

    /** The memory of image {@code i} alone, not copied: valid as long as this one. */
    public CrossMemory image(int i) {
        return new CrossMemory(
                layers.stream()
                        .map(kv -> new MedAttention.KeyValue(
                                kv.keys().narrow(0, i, 1), kv.values().narrow(0, i, 1)))
                        .toList(),
                mask == null ? null : mask.narrow(0, i, 1));
    }

    /** The memory of these images, then that of others, of the same model; both or neither masked. */
    public CrossMemory and(CrossMemory others) {
        if ((mask == null) != (others.mask == null)) {
            throw new IllegalArgumentException("CrossMemory.and: one memory is masked, the other is not");
        }
        var joined = new ArrayList<MedAttention.KeyValue>();
        for (int i = 0; i < layers.size(); i++) {
            joined.add(layers.get(i).and(others.layers.get(i)));
        }
        return new CrossMemory(joined, mask == null || others.mask == null ? null : Tensor.cat(0, mask, others.mask));
    }

    /** Takes the tensors out of all scopes: the caller owns them from now on and closes this. */
    public CrossMemory own() {
        for (var kv : layers) {
            Scope.own(kv.keys());
            Scope.own(kv.values());
        }
        if (mask != null) {
            Scope.own(mask);
        }
        return this;
    }

    /** Frees the tensors now; needed only for a memory that lives outside scopes. */
    @Override
    public void close() {
        for (var kv : layers) {
            kv.close();
        }
        if (mask != null) {
            mask.close();
        }
    }
}
