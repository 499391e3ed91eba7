package io.medley.model.med;

import io.medley.decode.DecoderState;
import io.medley.nn.Attention;
import io.medley.tensor.DType;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A generation in progress. Self-attention keys and values are cached per hypothesis in memory allocated once; the images' keys and values
 * are those of the {@link CrossMemory}, shared by all hypotheses of an image and never copied for them.
 *
 * <p>Inside, hypotheses live in I × g slots (I contexts, g slots each), so that the slots of a context fold into its query axis. When
 * contexts have unequal numbers of rows, some slots are spare.
 */
public final class MedDecoderState implements DecoderState {
    private final MedEncoder text;
    private final MedLmHead head;
    private final int capacity;
    private CrossMemory memory;
    private boolean ownsMemory; // true once contexts were dropped: the smaller memory was made here
    private int[] contextOf; // row → context within memory
    private int[] slotOf; // row → slot
    private int slots;
    private final List<Cache> caches = new ArrayList<>();
    private int past;

    /** Keys and values of one layer, (slots, H, capacity, D); the first {@code past} positions are written. */
    private record Cache(Tensor keys, Tensor values) {
        void close() {
            keys.close();
            values.close();
        }
    }

    MedDecoderState(MedEncoder text, MedLmHead head, CrossMemory memory, int maxLength) {
        this.text = text;
        this.head = head;
        this.memory = memory;
        this.capacity = Math.min(maxLength, text.config().maxPositions());
        this.slots = Math.toIntExact(memory.size());
        this.contextOf = identity(slots);
        this.slotOf = identity(slots);
    }

    @Override
    public int rows() {
        return slotOf.length;
    }

    @Override
    public int vocabularySize() {
        return text.config().vocabularySize();
    }

    @Override
    public Tensor advance(long[][] tokens) {
        int length = tokens[0].length;
        if (past + length > capacity) {
            throw new IllegalArgumentException(
                    "MedDecoderState: " + (past + length) + " tokens do not fit the " + capacity + " prepared for");
        }
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            if (caches.isEmpty()) {
                allocate();
            }
            var x = text.embeddings.forward(Tensor.of(inSlots(tokens, length), slots, length), past); // (slots, T, C)
            for (int i = 0; i < text.layers.size(); i++) {
                var layer = text.layers.get(i);
                var cache = caches.get(i);
                var fresh = layer.attention.project(x);
                cache.keys.narrow(2, past, length).copy_(fresh.keys());
                cache.values.narrow(2, past, length).copy_(fresh.values());
                var seen = new MedAttention.KeyValue(
                        cache.keys.narrow(2, 0, past + length), cache.values.narrow(2, 0, past + length));
                // One new token sees all that is cached; a prompt's tokens must not see those after them.
                var mask = length == 1 ? null : Attention.causalMask(length, past + length);
                x = layer.afterSelf(layer.attention.attend(x, seen, mask), memory.layers.get(i), memory.mask);
            }
            past += length;
            var logits = head.forward(x.narrow(1, length - 1, 1)).reshape(slots, vocabularySize()); // (slots, V)
            return scope.keep(slotOf.length == slots ? logits : logits.indexSelect(0, index(slotOf)));
        }
    }

    @Override
    public void select(int[] rows) {
        if (Arrays.equals(rows, identity(slotOf.length))) {
            return;
        }
        if (rows.length == 0) {
            throw new IllegalArgumentException("MedDecoderState.select: no row left; close the state instead");
        }
        var contexts = Arrays.stream(rows).map(r -> contextOf[r]).distinct().toArray();
        int widest = 0;
        var counts = new int[contexts.length];
        var position = new int[Math.toIntExact(memory.size())];
        for (int i = 0; i < contexts.length; i++) {
            position[contexts[i]] = i;
        }
        for (int row : rows) {
            widest = Math.max(widest, ++counts[position[contextOf[row]]]);
        }
        // Spare slots continue the context's first row; nobody reads them.
        var source = new int[contexts.length * widest];
        var newSlots = new int[rows.length];
        var newContexts = new int[rows.length];
        var filled = new int[contexts.length];
        for (int i = 0; i < rows.length; i++) {
            int context = position[contextOf[rows[i]]];
            int slot = context * widest + filled[context];
            if (filled[context]++ == 0) {
                Arrays.fill(source, context * widest, (context + 1) * widest, slotOf[rows[i]]);
            }
            source[slot] = slotOf[rows[i]];
            newSlots[i] = slot;
            newContexts[i] = context;
        }
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            moveCaches(source);
            if (contexts.length < memory.size()) {
                dropContexts(contexts);
            }
        }
        slots = source.length;
        slotOf = newSlots;
        contextOf = newContexts;
    }

    private void moveCaches(int[] source) {
        if (Arrays.equals(source, identity(slots))) {
            return;
        }
        var from = index(source);
        for (int i = 0; i < caches.size(); i++) {
            var old = caches.get(i);
            caches.set(i, new Cache(moved(old.keys, from), moved(old.values, from)));
            old.close();
        }
    }

    private Tensor moved(Tensor cache, Tensor from) {
        var shape = cache.shape();
        shape[0] = from.size(0);
        var target = Scope.own(Tensor.empty(DType.FLOAT32, shape));
        target.narrow(2, 0, past).copy_(cache.narrow(2, 0, past).indexSelect(0, from));
        return target;
    }

    private void dropContexts(int[] kept) {
        var smaller = memory.select(index(kept)).own();
        closeMemory();
        memory = smaller;
        ownsMemory = true;
    }

    @Override
    public void close() {
        caches.forEach(Cache::close);
        caches.clear();
        closeMemory();
    }

    /** The first memory belongs to the caller; smaller ones made here do not outlive this state. */
    private void closeMemory() {
        if (ownsMemory) {
            memory.close();
            ownsMemory = false;
        }
    }

    private void allocate() {
        var config = text.config();
        for (int i = 0; i < config.layers(); i++) {
            caches.add(new Cache(emptyCache(config), emptyCache(config)));
        }
    }

    private Tensor emptyCache(MedConfig config) {
        return Scope.own(Tensor.empty(DType.FLOAT32, slots, config.heads(), capacity, config.width() / config.heads()));
    }

    private long[] inSlots(long[][] tokens, int length) {
        var flat = new long[slots * length];
        for (int row = 0; row < slotOf.length; row++) {
            System.arraycopy(tokens[row], 0, flat, slotOf[row] * length, length);
        }
        return flat;
    }

    private static Tensor index(int[] values) {
        return Tensor.of(Arrays.stream(values).asLongStream().toArray(), values.length);
    }

    private static int[] identity(int n) {
        var order = new int[n];
        Arrays.setAll(order, i -> i);
        return order;
    }
}
