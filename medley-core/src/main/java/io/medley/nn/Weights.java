package io.medley.nn;

import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where a model's parameters come from, and the book of their names. A layer asks its {@code Weights} for each parameter by local name,
 * start value and shape; {@link #at} gives a child's view with a longer prefix, so that names come out as checkpoints write them:
 *
 * <pre>{@code
 * var weights = Weights.random(42);
 * var block = new Block(weights.at("blocks.0"), config);   // asks for "blocks.0.norm1.weight", …
 * weights.parameters();                                    // every name and tensor, in order of creation
 * }</pre>
 *
 * <p>Three sources: {@link #random} draws them (to train), {@link #of} takes them from a map that a strict loader has checked, and
 * {@link #shapes} gives placeholders without memory, to learn the expected names and shapes of any configuration.
 */
public final class Weights {
    private interface Source {
        Tensor get(String name, Init init, long[] shape);
    }

    private record Book(
            Source source,
            boolean trainable,
            Map<String, Tensor> parameters,
            Map<String, Tensor> buffers,
            Map<String, String> aliases,
            Set<String> optional,
            Map<String, Linear> linears) {}

    private final Book book;
    private final String prefix;
    private final boolean frozen;

    private Weights(Book book, String prefix, boolean frozen) {
        this.book = book;
        this.prefix = prefix;
        this.frozen = frozen;
    }

    private static Weights from(Source source, boolean trainable) {
        return new Weights(
                new Book(
                        source,
                        trainable,
                        new LinkedHashMap<>(),
                        new LinkedHashMap<>(),
                        new LinkedHashMap<>(),
                        new LinkedHashSet<>(),
                        new LinkedHashMap<>()),
                "",
                false);
    }

    /** Start values drawn from {@code seed}; parameters are float32 and record gradients. */
    public static Weights random(long seed) {
        var generator = Generator.of(seed);
        return from((name, init, shape) -> init.create(generator, shape), true);
    }

    /** Placeholders that use no memory; they have the right shapes and only zeros. */
    public static Weights shapes() {
        return from(
                (name, init, shape) -> {
                    var ones = new long[shape.length];
                    java.util.Arrays.fill(ones, 1);
                    return Tensor.zeros(ones).expand(shape);
                },
                false);
    }

    /** Values from a map of full names; one that is missing or has another shape is a programming error, since loaders check first. */
    public static Weights of(Map<String, Tensor> values) {
        return from(
                (name, init, shape) -> {
                    var value = values.get(name);
                    if (value == null || !java.util.Arrays.equals(value.shape(), shape)) {
                        throw new IllegalArgumentException("Weights: " + name + " " + java.util.Arrays.toString(shape)
                                + " expected, found " + (value == null ? "nothing" : value.toString()));
                    }
                    return value;
                },
                false);
    }

    /** A view for a child module: its names get {@code child} and a dot before them. */
    public Weights at(String child) {
        return new Weights(book, full(child) + ".", frozen);
    }

    /** A view whose parameters are kept as buffers: saved and loaded, never trained. For momentum copies and frozen parts. */
    public Weights frozen() {
        return new Weights(book, prefix, true);
    }

    /** The path of this view without its final dot; the root's is empty. */
    public String path() {
        return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
    }

    /** A trained tensor (unless this view is {@link #frozen}). */
    public Tensor parameter(String name, Init init, long... shape) {
        if (frozen) {
            return buffer(name, init, shape);
        }
        var value = book.source.get(full(name), init, shape);
        if (book.trainable) {
            value.requiresGrad(true);
        }
        book.parameters.put(full(name), value);
        return value;
    }

    /** A tensor that is saved and loaded but not trained, such as a queue. */
    public Tensor buffer(String name, Init init, long... shape) {
        var value = book.source.get(full(name), init, shape);
        book.buffers.put(full(name), value);
        return value;
    }

    /** Says that {@code name} is another name of a parameter with full name {@code target}: a checkpoint may hold it, none has to. */
    public void alias(String name, String target) {
        book.aliases.put(full(name), target);
    }

    /** {@link #alias} for the weight and bias of layers that exist under the path {@code target} already. */
    public void aliases(String target, String... layers) {
        for (var layer : layers) {
            alias(layer + ".weight", target + "." + layer + ".weight");
            alias(layer + ".bias", target + "." + layer + ".bias");
        }
    }

    /** Says that a checkpoint may hold {@code name}, which carries no information (such as {@code position_ids}). */
    public void ignorable(String name) {
        book.optional.add(full(name));
    }

    /** A linear map enters itself under this view's path; those of frozen parts are left out. */
    void enter(Linear linear) {
        if (!frozen) {
            book.linears.put(path(), linear);
        }
    }

    /** The linear maps with trained weights by path ({@code blocks.0.attn.qkv}), in order of creation; what {@link Lora} can adapt. */
    public Map<String, Linear> linears() {
        return Collections.unmodifiableMap(book.linears);
    }

    /** Trained tensors by full name, in order of creation. */
    public Map<String, Tensor> parameters() {
        return Collections.unmodifiableMap(book.parameters);
    }

    /** The trained tensor of a full name. */
    public Tensor parameter(String fullName) {
        var parameter = book.parameters.get(fullName);
        if (parameter == null) {
            throw new IllegalArgumentException("Weights: there is no parameter " + fullName);
        }
        return parameter;
    }

    /** Untrained tensors by full name, in order of creation. */
    public Map<String, Tensor> buffers() {
        return Collections.unmodifiableMap(book.buffers);
    }

    /** Other names of shared parameters: alias → parameter. */
    public Map<String, String> aliases() {
        return Collections.unmodifiableMap(book.aliases);
    }

    /** Names a checkpoint may hold without use. */
    public Set<String> ignorable() {
        return Collections.unmodifiableSet(book.optional);
    }

    /** Shapes of everything a checkpoint must hold: parameters, then buffers. */
    public Map<String, long[]> expected() {
        var shapes = new LinkedHashMap<String, long[]>();
        book.parameters.forEach((name, t) -> shapes.put(name, t.shape()));
        book.buffers.forEach((name, t) -> shapes.put(name, t.shape()));
        return shapes;
    }

    private String full(String name) {
        return prefix + name;
    }
}
