package io.medley.checkpoint;

import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Loads exactly the tensors a model expects. Keys that are missing, unexpected or of another shape are reported together, with the names that
 * come near; nothing is loaded unless all fit. Immutable; the {@code with…} methods give a changed copy.
 *
 * <pre>{@code
 * StrictLoader.expecting(model.shapes())
 *         .ignoring("*.position_ids")
 *         .adapting("visual_encoder.pos_embed", (name, found, expected) -> interpolated(found, expected))
 *         .load(keyMap.apply(checkpoint), (name, tensor) -> model.set(name, tensor));
 * }</pre>
 */
public final class StrictLoader {
    private static final int SHOWN = 12;

    /** Makes a stored tensor fit where its shape differs, for example by interpolating positional embeddings. */
    @FunctionalInterface
    public interface Adapter {
        /**
         * @param stored as in the file
         * @param expected the shape the model wants
         * @return a tensor of that shape
         */
        Tensor adapt(String name, Tensor stored, long[] expected);
    }

    /** A tensor whose shape is not the one expected. */
    public record Misshaped(String name, List<Long> expected, List<Long> found) {}

    /**
     * What does not fit.
     *
     * @param missing expected and not there
     * @param unexpected there and not expected
     */
    public record Report(List<String> missing, List<String> unexpected, List<Misshaped> misshaped) {
        public Report {
            missing = List.copyOf(missing);
            unexpected = List.copyOf(unexpected);
            misshaped = List.copyOf(misshaped);
        }

        /** Whether all fits. */
        public boolean isClean() {
            return missing.isEmpty() && unexpected.isEmpty() && misshaped.isEmpty();
        }
    }

    private record Adapting(KeyPattern pattern, Adapter adapter) {}

    private final Map<String, long[]> expected;
    private final List<KeyPattern> ignored;
    private final List<Adapting> adapters;
    private final @Nullable DType floating;

    private StrictLoader(
            Map<String, long[]> expected, List<KeyPattern> ignored, List<Adapting> adapters, @Nullable DType floating) {
        this.expected = expected;
        this.ignored = ignored;
        this.adapters = adapters;
        this.floating = floating;
    }

    /** @param shapes what the model expects, by name */
    public static StrictLoader expecting(Map<String, long[]> shapes) {
        return new StrictLoader(new LinkedHashMap<>(shapes), List.of(), List.of(), null);
    }

    /** Names (patterns with {@code *} and <code>{}</code>) that may be absent or superfluous; superfluous ones are not loaded. */
    public StrictLoader ignoring(String... patterns) {
        return new StrictLoader(
                expected,
                plus(ignored, Arrays.stream(patterns).map(KeyPattern::new).toList()),
                adapters,
                floating);
    }

    /** Names whose tensors go through the adapter where their shape is not the one expected. */
    public StrictLoader adapting(String pattern, Adapter adapter) {
        return new StrictLoader(
                expected, ignored, plus(adapters, List.of(new Adapting(new KeyPattern(pattern), adapter))), floating);
    }

    /** Converts tensors of real numbers to this type (half-precision weights to float32, for instance). */
    public StrictLoader as(DType type) {
        return new StrictLoader(expected, ignored, adapters, type);
    }

    /** What does not fit; reads no elements. */
    public Report check(Checkpoint checkpoint) {
        List<String> missing = new ArrayList<>();
        List<String> unexpected = new ArrayList<>();
        List<Misshaped> misshaped = new ArrayList<>();
        Set<String> names = checkpoint.names();
        expected.forEach((name, shape) -> {
            if (!names.contains(name)) {
                if (!isIgnored(name)) {
                    missing.add(name);
                }
            } else if (!Arrays.equals(checkpoint.info(name).shape(), shape) && adapter(name) == null) {
                misshaped.add(new Misshaped(
                        name, boxed(shape), boxed(checkpoint.info(name).shape())));
            }
        });
        for (String name : names) {
            if (!expected.containsKey(name) && !isIgnored(name)) {
                unexpected.add(name);
            }
        }
        return new Report(missing, unexpected, misshaped);
    }

    /**
     * Hands over every expected tensor, one by one, in the order of the expected names. They belong to the current scope, and may lie in
     * read-only memory (see {@link Checkpoint#load}).
     *
     * @throws MedleyException when anything does not fit; its first line sums up, the others list
     */
    public void load(Checkpoint checkpoint, BiConsumer<String, Tensor> sink) {
        Report report = check(checkpoint);
        if (!report.isClean()) {
            throw new MedleyException(describe(report, checkpoint));
        }
        expected.forEach((name, shape) -> {
            if (checkpoint.names().contains(name)) {
                sink.accept(name, fitted(checkpoint, name, shape));
            }
        });
    }

    /** All expected tensors by name; see {@link #load(Checkpoint, BiConsumer)}. */
    public Map<String, Tensor> load(Checkpoint checkpoint) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        load(checkpoint, tensors::put);
        return tensors;
    }

    private Tensor fitted(Checkpoint checkpoint, String name, long[] shape) {
        Tensor tensor = checkpoint.load(name);
        if (floating != null && tensor.dtype().isFloatingPoint() && tensor.dtype() != floating) {
            tensor = tensor.to(floating);
        }
        if (!Arrays.equals(tensor.shape(), shape)) {
            Adapter adapter = adapter(name);
            if (adapter != null) {
                tensor = adapter.adapt(name, tensor, shape.clone());
            }
            if (!Arrays.equals(tensor.shape(), shape)) {
                throw new MedleyException(checkpoint.source() + ": " + Quote.of(name) + " was adapted to "
                        + Arrays.toString(tensor.shape()) + " where " + Arrays.toString(shape) + " is expected");
            }
        }
        return tensor;
    }

    private String describe(Report report, Checkpoint checkpoint) {
        StringBuilder text = new StringBuilder(checkpoint.source())
                .append(": weights do not fit the model: ")
                .append(report.missing.size())
                .append(" missing, ")
                .append(report.unexpected.size())
                .append(" unexpected, ")
                .append(report.misshaped.size())
                .append(" of another shape, of ")
                .append(expected.size())
                .append(" expected");
        if (report.missing.size() == expected.size()) {
            text.append("; none of the names match, these are weights of another architecture");
        }
        Set<String> unexpected = new TreeSet<>(report.unexpected);
        list(text, report.missing, name -> {
            List<String> near = Names.nearest(name, unexpected, 1);
            return "missing     " + printable(name) + " " + Arrays.toString(expected.get(name))
                    + (near.isEmpty() ? "" : "  (the file has " + printable(near.get(0)) + ")");
        });
        list(
                text,
                report.unexpected,
                name -> "unexpected  " + printable(name) + " "
                        + Arrays.toString(checkpoint.info(name).shape()));
        list(
                text,
                report.misshaped,
                m -> "shape       " + printable(m.name) + " is " + m.found + ", expected " + m.expected);
        return text.toString();
    }

    private static <T> void list(StringBuilder text, List<T> items, Function<T, String> line) {
        items.stream().limit(SHOWN).forEach(item -> text.append("\n  ").append(line.apply(item)));
        if (items.size() > SHOWN) {
            text.append("\n  … and ").append(items.size() - SHOWN).append(" more");
        }
    }

    private static String printable(String name) {
        String quoted = Quote.of(name);
        return quoted.substring(1, quoted.length() - 1);
    }

    private boolean isIgnored(String name) {
        return ignored.stream().anyMatch(p -> p.matches(name));
    }

    private @Nullable Adapter adapter(String name) {
        return adapters.stream()
                .filter(a -> a.pattern.matches(name))
                .map(Adapting::adapter)
                .findFirst()
                .orElse(null);
    }

    private static List<Long> boxed(long[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static <T> List<T> plus(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }
}
