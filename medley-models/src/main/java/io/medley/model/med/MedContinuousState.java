package io.medley.model.med;

import io.medley.decode.ContinuousState;
import io.medley.nn.Attention;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A generation whose rows come and go, each with a length of its own. All tokens of a pass, prompts of new rows among them, go through the
 * linear maps side by side; only attention sees which token belongs to which row and image (selective batching; Yu et al., Orca, 2022).
 *
 * <p>A row keeps its slot of the self-attention caches and an image its place among the images' keys and values, so that nothing moves when
 * others leave.
 */
public final class MedContinuousState implements ContinuousState<CrossMemory> {
    private final MedEncoder text;
    private final MedLmHead head;
    private final int slots;
    private final int images;
    private final int positions;
    private final MemoryPool memory;
    private final List<SlotCache> caches = new ArrayList<>();
    private List<Row> rows = new ArrayList<>();

    /** A row has read {@code length} tokens. */
    private record Row(int slot, int image, int length) {
        Row in(int other) {
            return new Row(other, image, length);
        }

        Row longer(int tokens) {
            return new Row(slot, image, length + tokens);
        }
    }

    /** A token of a pass; {@code last} if its row has no further one in it. */
    private record Token(int row, long id, int slot, int image, int position, boolean last) {}

    MedContinuousState(MedEncoder text, MedLmHead head, int rows, int images, int maxLength) {
        this.text = text;
        this.head = head;
        this.slots = rows;
        this.images = images;
        this.positions = Math.min(maxLength, text.config().maxPositions());
        this.memory = new MemoryPool(images);
    }

    @Override
    public int rows() {
        return rows.size();
    }

    @Override
    public int vocabularySize() {
        return text.config().vocabularySize();
    }

    /** @param image keys and values of one image */
    @Override
    public void enter(CrossMemory image) {
        int place = used(rows.stream().map(Row::image)).nextClearBit(0);
        int slot = used(rows.stream().map(Row::slot)).nextClearBit(0);
        if (place >= images || slot >= slots) {
            throw new IllegalStateException("MedContinuousState: full with " + rows.size() + " rows of " + slots
                    + " for " + images + " images");
        }
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            while (caches.size() < text.layers.size()) {
                caches.add(new SlotCache(slots, positions, text.config()));
            }
            memory.put(place, image);
        }
        rows.add(new Row(slot, place, 0));
    }

    @Override
    public Tensor advance(long[][] tokens) {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var flat = flat(tokens);
            int n = flat.size();
            var bySlot = grid(flat.stream().mapToInt(Token::slot).toArray());
            var byImage = grid(flat.stream().mapToInt(Token::image).toArray());
            var places = Grid.index(
                    flat.stream().mapToInt(t -> t.slot * positions + t.position).toArray());
            int width = 1 + flat.stream().mapToInt(Token::position).max().orElse(0);
            var mask = mask(flat, bySlot, width);
            var ids = Tensor.of(flat.stream().mapToLong(Token::id).toArray(), n, 1);
            var at = Tensor.of(flat.stream().mapToLong(Token::position).toArray(), n, 1);
            var x = text.embeddings.at(ids, at); // (N, 1, C)
            for (int i = 0; i < text.layers.size(); i++) {
                var layer = text.layers.get(i);
                var cache = caches.get(i);
                cache.write(places, layer.attention.project(x));
                var texts = cache.read(bySlot.groups(), width);
                var seen = memory.read(i, byImage.groups());
                x = layer.forward(
                        x,
                        (q, path) -> bySlot.attend(q, texts, mask, path),
                        (q, path) -> byImage.attend(q, seen, null, path));
            }
            for (int r = 0; r < tokens.length; r++) {
                rows.set(r, rows.get(r).longer(tokens[r].length));
            }
            return scope.keep(
                    head.forward(x.indexSelect(0, lastOfRows(flat))).reshape(tokens.length, vocabularySize()));
        }
    }

    /** The tokens of all rows in the order of slots, in which a full batch needs no rearranging. */
    private List<Token> flat(long[][] tokens) {
        var flat = new ArrayList<Token>();
        var order = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparingInt(r -> rows.get(r).slot))
                .toList();
        for (int r : order) {
            var row = rows.get(r);
            int count = tokens[r].length;
            if (row.length + count > positions) {
                throw new IllegalArgumentException("MedContinuousState: " + (row.length + count)
                        + " tokens do not fit the " + positions + " prepared for");
            }
            for (int t = 0; t < count; t++) {
                flat.add(new Token(r, tokens[r][t], row.slot, row.image, row.length + t, t == count - 1));
            }
        }
        return flat;
    }

    private static Grid grid(int[] groupOf) {
        return new Grid(groupOf, 1 + Arrays.stream(groupOf).max().orElse(0));
    }

    /** Hides from each token what is behind it in its slot, (slots, 1, tokens of a slot, width); null where nothing is. */
    private static @Nullable Tensor mask(List<Token> flat, Grid bySlot, int width) {
        if (flat.stream().allMatch(t -> t.position == width - 1)) {
            return null;
        }
        var mask = new float[bySlot.groups() * bySlot.width() * width];
        for (int n = 0; n < flat.size(); n++) {
            int from = bySlot.cell(n) * width;
            Arrays.fill(mask, from + flat.get(n).position + 1, from + width, Attention.HIDDEN);
        }
        return Tensor.of(mask, bySlot.groups(), 1, bySlot.width(), width);
    }

    private Tensor lastOfRows(List<Token> flat) {
        var last = new int[rows.size()];
        for (int n = 0; n < flat.size(); n++) {
            if (flat.get(n).last) {
                last[flat.get(n).row] = n;
            }
        }
        return Grid.index(last);
    }

    @Override
    public void select(int[] chosen) {
        var taken = used(Arrays.stream(chosen).mapToObj(r -> rows.get(r).slot));
        var met = new BitSet();
        var next = new ArrayList<Row>();
        var from = IntStream.builder();
        var to = IntStream.builder();
        for (int r : chosen) {
            var row = rows.get(r);
            if (met.get(row.slot)) {
                var copy = row.in(taken.nextClearBit(0));
                if (copy.slot >= slots) {
                    throw new IllegalStateException("MedContinuousState: no slot left of " + slots + " for a copy");
                }
                taken.set(copy.slot);
                for (int p = 0; p < row.length; p++) {
                    from.add(row.slot * positions + p);
                    to.add(copy.slot * positions + p);
                }
                row = copy;
            }
            met.set(row.slot);
            next.add(row);
        }
        copy(from.build().toArray(), to.build().toArray());
        rows = next;
    }

    private void copy(int[] from, int[] to) {
        if (from.length == 0) {
            return;
        }
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var source = Grid.index(from);
            var target = Grid.index(to);
            caches.forEach(cache -> cache.copy(source, target));
        }
    }

    private static BitSet used(Stream<Integer> numbers) {
        var used = new BitSet();
        numbers.forEach(used::set);
        return used;
    }

    @Override
    public void close() {
        caches.forEach(SlotCache::close);
        caches.clear();
        memory.close();
    }
}
