package io.medley.model.med;

import io.medley.tensor.DType;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;

/**
 * Self-attention keys and values of one layer for rows that come and go: slots of equally many positions each. A row stays in its slot, and
 * what it has not written is zero or left by another, never NaN, so that a mask hides it.
 */
final class SlotCache {
    private final int slots;
    private final int positions;
    private final int heads;
    private final Tensor keys; // (slots·positions, C)
    private final Tensor values;

    SlotCache(int slots, int positions, MedConfig config) {
        this.slots = slots;
        this.positions = positions;
        this.heads = config.heads();
        this.keys = Scope.own(Tensor.zeros(DType.FLOAT32, (long) slots * positions, config.width()));
        this.values = Scope.own(Tensor.zeros(DType.FLOAT32, (long) slots * positions, config.width()));
    }

    /**
     * Writes tokens.
     *
     * @param places (N), each slot · positions + position
     * @param fresh (N, H, 1, D)
     */
    void write(Tensor places, MedAttention.KeyValue fresh) {
        long tokens = places.size(0);
        keys.indexCopy_(0, places, fresh.keys().reshape(tokens, keys.size(1)));
        values.indexCopy_(0, places, fresh.values().reshape(tokens, keys.size(1)));
    }

    /** Copies what is at {@code from} to {@code to}; places as for {@link #write}. */
    void copy(Tensor from, Tensor to) {
        keys.indexCopy_(0, to, keys.indexSelect(0, from));
        values.indexCopy_(0, to, values.indexSelect(0, from));
    }

    /** The first slots' first positions, (slots, H, positions, D), not copied. */
    MedAttention.KeyValue read(int firstSlots, int firstPositions) {
        return new MedAttention.KeyValue(
                view(keys, firstSlots, firstPositions), view(values, firstSlots, firstPositions));
    }

    private Tensor view(Tensor cache, int firstSlots, int firstPositions) {
        return cache.reshape(slots, positions, heads, cache.size(1) / heads)
                .narrow(0, 0, firstSlots)
                .narrow(1, 0, firstPositions)
                .transpose(1, 2);
    }

    void close() {
        keys.close();
        values.close();
    }
}
