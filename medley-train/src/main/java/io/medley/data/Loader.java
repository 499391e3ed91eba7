package io.medley.data;

import io.medley.checkpoint.Quote;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Batches of decoded samples, made on other threads, in an order that depends on the data and on {@link LoaderOptions} only: neither on
 * the number of threads nor on their luck. {@link #state()} says in a line of JSON where it stands; after {@link #restore} the very next
 * batch comes, from the middle of an epoch, a shuffle buffer or a pool of lengths too.
 *
 * <p>Broken samples are handed to a listener and left out, and the batch is filled with what follows. When more than
 * {@code maxBadRate} of the rows were broken (and more than that share of a thousand), the loader stops with an exception.
 *
 * <p>Memory: {@code aheadBatches} + {@code poolBatches} batches of decoded samples, {@code maxBytes} of encoded ones that wait, as much
 * again in the shuffle buffers of each sharded data set. Used by one thread.
 *
 * @param <T> what rows hold
 * @param <R> what batches are made of
 */
public final class Loader<T, R> implements AutoCloseable {
    private static final int GRACE = 1000;
    private static final long POOL = 0x706f6f6c73L;

    private final Mixture<T> mixture;
    private final Decoder<T, R> decoder;
    private final ToIntFunction<R> length;
    private final LoaderOptions options;
    private final Consumer<Row.Broken<R>> broken;
    private @Nullable Pipeline<T, R> pipeline;
    private List<List<R>> pool = List.of();
    // The pool at hand: where it began, what had been counted there, how many of its batches are gone.
    private Pipeline.Position start;
    private LoaderCounts startCounts = new LoaderCounts(0, 0);
    private int taken;
    // Behind the pool at hand.
    private Pipeline.Position position;
    private LoaderCounts counts = startCounts;

    /**
     * @param length by which batches of a pool are put together, of no importance without pools
     * @param broken told of every row that is left out, by the thread that asks for batches
     */
    public Loader(
            Mixture<T> mixture,
            Decoder<T, R> decoder,
            ToIntFunction<R> length,
            LoaderOptions options,
            Consumer<Row.Broken<R>> broken) {
        this.mixture = mixture;
        this.decoder = decoder;
        this.length = length;
        this.options = options;
        this.broken = broken;
        try (var sampler = new Sampler<>(mixture, options)) {
            this.position = new Pipeline.Position(sampler.state(), 0);
        }
        this.start = position;
    }

    /**
     * The next batch: {@code batchSize} samples, fewer only at the very end; empty after it.
     *
     * @throws MedleyException if data cannot be read, too much of it is broken, or none of it is good
     */
    public Optional<List<R>> next() {
        if (taken == pool.size()) {
            fill();
        }
        return taken < pool.size() ? Optional.of(pool.get(taken++)) : Optional.empty();
    }

    private void fill() {
        start = position;
        startCounts = counts;
        taken = 0;
        var items = new ArrayList<R>();
        long wanted = (long) options.batchSize() * options.poolBatches();
        while (items.size() < wanted) {
            Pipeline.Pending<R> pending = running().take();
            if (pending == null) {
                break;
            }
            add(Pipeline.get(pending), items);
            position = pending.position().next();
        }
        if (items.isEmpty() && counts.rows() > 0 && counts.rows() == counts.broken()) {
            throw new MedleyException(mixture.name() + ": none of its " + counts.rows()
                    + " samples can be used; the reports above say why");
        }
        pool = batches(items);
    }

    private void add(@Nullable Row<R> row, List<R> items) {
        if (row instanceof Row.Good<R> good) {
            items.add(good.value());
            counts = counts.good();
        } else if (row instanceof Row.Broken<R> bad) {
            counts = counts.bad();
            broken.accept(bad);
            if (counts.broken() > options.maxBadRate() * Math.max(counts.rows(), GRACE)) {
                throw new MedleyException(mixture.name() + ": " + counts.broken() + " of " + counts.rows()
                        + " samples are broken, more than the rate of " + options.maxBadRate()
                        + " allows; the last was " + Quote.of(bad.key()) + " (" + bad.place() + ": " + bad.reason()
                        + "); repair the data or raise the rate");
            }
        }
    }

    /** Samples of like length together, the batches in random order. */
    private List<List<R>> batches(List<R> items) {
        if (options.poolBatches() > 1) {
            items.sort(Comparator.comparingInt(length));
        }
        var batches = new ArrayList<List<R>>();
        for (int from = 0; from < items.size(); from += options.batchSize()) {
            batches.add(List.copyOf(items.subList(from, Math.min(items.size(), from + options.batchSize()))));
        }
        if (options.shuffle() && options.poolBatches() > 1) {
            // The number of rows before is the same after a restart.
            var order = new Permutation(batches.size(), Seeds.mix(options.seed(), POOL, startCounts.rows()));
            var shuffled = new ArrayList<List<R>>();
            for (int i = 0; i < batches.size(); i++) {
                shuffled.add(batches.get((int) order.at(i)));
            }
            return shuffled;
        }
        return batches;
    }

    private Pipeline<T, R> running() {
        Pipeline<T, R> running = pipeline;
        if (running == null) {
            running = new Pipeline<>(new Sampler<>(mixture, options), position, decoder, options);
            pipeline = running;
        }
        return running;
    }

    /** Rows come by so far, up to those of the batches at hand. */
    public LoaderCounts counts() {
        return counts;
    }

    /** What the data are and in which order they come; a state fits only the same. Ranks share it. */
    public String identity() {
        return mixture.name() + "; " + options.order();
    }

    /** Where it stands, as one line of JSON. A shuffle buffer adds about ten characters a row. */
    public String state() {
        boolean whole = taken == pool.size();
        Pipeline.Position at = whole ? position : start;
        LoaderCounts then = whole ? counts : startCounts;
        ObjectNode state = DataJson.MAPPER.createObjectNode();
        state.put("identity", identity()).put("rank", options.rank());
        state.put("draws", at.draws()).put("batches", whole ? 0 : taken);
        state.put("rows", then.rows()).put("broken", then.broken());
        state.set("sampler", at.sampler());
        return DataJson.MAPPER.writeValueAsString(state);
    }

    /**
     * Goes to a place that {@link #state()} gave, of this loader or one like it.
     *
     * @throws MedleyException if it is the state of other data or another order
     */
    public void restore(String state) {
        ObjectNode saved = parse(state);
        close();
        position = new Pipeline.Position(
                (ObjectNode) saved.get("sampler"), saved.get("draws").asInt());
        counts =
                new LoaderCounts(saved.get("rows").asLong(), saved.get("broken").asLong());
        start = position;
        startCounts = counts;
        pool = List.of();
        taken = 0;
        int gone = saved.get("batches").asInt();
        if (gone > 0) {
            fill();
            taken = Math.min(gone, pool.size());
        }
    }

    private ObjectNode parse(String state) {
        try {
            if (DataJson.MAPPER.readTree(state) instanceof ObjectNode saved
                    && saved.path("sampler").isObject()
                    && saved.path("identity").isString()) {
                if (!saved.get("identity").asString().equals(identity())
                        || saved.path("rank").asInt(-1) != options.rank()) {
                    throw new MedleyException("the loader's state is of rank " + saved.path("rank") + " of "
                            + Quote.of(saved.get("identity").asString()) + ", this is rank " + options.rank() + " of "
                            + Quote.of(identity()) + "; give the same data and options, or start anew");
                }
                return saved;
            }
        } catch (JacksonException e) {
            throw new MedleyException("the loader's state is damaged (" + DataJson.reason(e) + "); start anew", e);
        }
        throw new MedleyException("the loader's state is damaged; start anew");
    }

    @Override
    public void close() {
        if (pipeline != null) {
            pipeline.close();
            pipeline = null;
        }
    }
}
