package io.medley.data;

import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows of shards. Each epoch has its own order of shards; rank r of w takes every w-th shard from r on, or, if there are fewer shards than
 * ranks, every w-th row of each. Rows pass through a buffer from which a random one is drawn; it is kept full across shards and epochs.
 *
 * <p>The state is where reading stands and which rows are in the buffer, not the rows: restoring reads those again, passing over the rest
 * of their shards.
 */
final class ShardedFeed<T> implements Feed<T> {
    /** Enough to find a row again and to give it its seed. */
    private record Ref(long epoch, int shard, long row) {}

    private record Held<T>(Ref ref, Row<T> row) {}

    private final Dataset.Sharded<T> dataset;
    private final int number;
    private final LoaderOptions options;
    private final boolean byRow;
    private final int capacity;
    private final List<Held<T>> buffer = new ArrayList<>();
    private Dataset.@Nullable Rows<T> rows;
    private long bytes;
    private long draws;
    private long epoch;
    private long ordinal;
    private long row;
    // Whether the shard at hand gave anything, and if not, why.
    private boolean gave;
    private boolean epochGave;
    private @Nullable String trouble;

    ShardedFeed(Dataset.Sharded<T> dataset, int number, LoaderOptions options) {
        this.dataset = dataset;
        this.number = number;
        this.options = options;
        this.byRow = dataset.shards() < options.worldSize();
        this.capacity = options.shuffle() ? options.shuffleBuffer() : 1;
    }

    @Override
    public @Nullable Draw<T> next() {
        // One row at least is held, however large it is.
        while (buffer.isEmpty() || (buffer.size() < capacity && bytes < options.maxBytes())) {
            Held<T> held = read();
            if (held == null) {
                break;
            }
            bytes += bytes(held.row);
            buffer.add(held);
        }
        if (buffer.isEmpty()) {
            return null;
        }
        int at = (int) Seeds.below(buffer.size(), Seeds.mix(options.seed(), number, options.rank(), draws++));
        Held<T> drawn = buffer.get(at);
        Held<T> last = buffer.remove(buffer.size() - 1);
        if (at < buffer.size()) {
            buffer.set(at, last);
        }
        long size = bytes(drawn.row);
        bytes -= size;
        Ref ref = drawn.ref;
        return new Draw<>(() -> drawn.row, size, Seeds.mix(options.seed(), number, ref.epoch, ref.shard, ref.row));
    }

    /** The next row of this rank, null after the last epoch. */
    private @Nullable Held<T> read() {
        while (options.epochs() == 0 || epoch < options.epochs()) {
            if (ordinal * stride() + offset() >= dataset.shards()) {
                nextEpoch();
                continue;
            }
            int shard = shard();
            Dataset.Rows<T> open = rows;
            if (open == null) {
                open = dataset.open(shard);
                rows = open;
                // Rows of the part before a restored position are not looked at.
                gave = row > 0;
                trouble = null;
                row = open.skip(row);
            }
            row += byRow ? open.skip(Math.floorMod(options.rank() - row, options.worldSize())) : 0;
            if (open.hasNext()) {
                Row<T> next = open.next();
                note(next);
                return new Held<>(new Ref(epoch, shard, row++), next);
            }
            leave(shard);
        }
        return null;
    }

    /** Going round and round without a row would never end. */
    private void nextEpoch() {
        if (!epochGave && options.epochs() == 0) {
            throw new MedleyException(dataset.name() + ": its " + dataset.shards() + " shards hold no sample for rank "
                    + options.rank() + " of " + options.worldSize() + "; check that they are tar shards of samples");
        }
        epochGave = false;
        epoch++;
        ordinal = 0;
    }

    private void note(Row<T> next) {
        epochGave = true;
        if (next instanceof Row.Broken<T> broken) {
            trouble = broken.reason();
        } else {
            gave = true;
        }
    }

    /** A shard of which nothing can be read is no broken sample but a missing file. */
    private void leave(int shard) {
        close();
        if (!gave && trouble != null) {
            throw new MedleyException(dataset.shard(shard) + ": not one sample can be read (" + trouble
                    + "); fetch the shard again or take it out of the list");
        }
        ordinal++;
        row = 0;
    }

    private int stride() {
        return byRow ? 1 : options.worldSize();
    }

    private int offset() {
        return byRow ? 0 : options.rank();
    }

    private int shard() {
        long place = ordinal * stride() + offset();
        return (int)
                (options.shuffle()
                        ? new Permutation(dataset.shards(), Seeds.mix(options.seed(), number, epoch)).at(place)
                        : place);
    }

    private static long bytes(Row<?> row) {
        return row instanceof Row.Good<?> good && good.value() instanceof Sample sample
                ? sample.image().bytes().length
                : 0;
    }

    @Override
    public ObjectNode state() {
        ObjectNode state = DataJson.MAPPER.createObjectNode();
        state.put("epoch", epoch).put("ordinal", ordinal).put("row", row).put("draws", draws);
        ArrayNode held = state.putArray("buffer");
        for (Held<T> one : buffer) {
            held.add(one.ref.epoch).add(one.ref.shard).add(one.ref.row);
        }
        return state;
    }

    @Override
    public void restore(ObjectNode state) {
        close();
        epoch = state.get("epoch").asLong();
        ordinal = state.get("ordinal").asLong();
        row = state.get("row").asLong();
        draws = state.get("draws").asLong();
        epochGave = true;
        buffer.clear();
        JsonNode held = state.get("buffer");
        List<Ref> refs = new ArrayList<>();
        for (int i = 0; i + 2 < held.size(); i += 3) {
            refs.add(new Ref(
                    held.get(i).asLong(),
                    held.get(i + 1).asInt(),
                    held.get(i + 2).asLong()));
        }
        buffer.addAll(again(refs));
        bytes = buffer.stream().mapToLong(one -> bytes(one.row)).sum();
    }

    /** Reads rows again and gives them in the order of {@code refs}; each shard is opened once. */
    private List<Held<T>> again(List<Ref> refs) {
        Map<Integer, SortedSet<Long>> wanted = new TreeMap<>();
        for (Ref ref : refs) {
            wanted.computeIfAbsent(ref.shard, shard -> new TreeSet<>()).add(ref.row);
        }
        Map<Integer, Map<Long, Row<T>>> found = new HashMap<>();
        wanted.forEach((shard, numbers) -> found.put(shard, again(shard, numbers)));
        List<Held<T>> all = new ArrayList<>();
        for (Ref ref : refs) {
            Row<T> row = found.getOrDefault(ref.shard, Map.of()).get(ref.row);
            if (row == null) {
                throw new MedleyException(dataset.shard(ref.shard) + ": has changed since the state was saved, row "
                        + ref.row + " is missing; give the same data or start anew");
            }
            all.add(new Held<>(ref, row));
        }
        return all;
    }

    private Map<Long, Row<T>> again(int shard, SortedSet<Long> numbers) {
        Map<Long, Row<T>> found = new HashMap<>();
        try (Dataset.Rows<T> open = dataset.open(shard)) {
            long at = 0;
            for (long number : numbers) {
                at += open.skip(number - at);
                if (!open.hasNext()) {
                    break;
                }
                found.put(number, open.next());
                at++;
            }
        }
        return found;
    }

    @Override
    public void close() {
        if (rows != null) {
            rows.close();
            rows = null;
        }
    }
}
