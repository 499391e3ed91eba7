package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table from one naming of weights to another: rules applied in order, each to the names the one before left. Names that no rule matches stay
 * as they are. In patterns <code>{}</code> stands for one part of a name, {@code *} for any run of characters; the target of a rule has the same
 * wildcards in the same order.
 *
 * <pre>{@code
 * KeyMap map = KeyMap.of(
 *         KeyMap.drop("*.position_ids"),
 *         KeyMap.rename("vision_model.encoder.layers.{}.self_attn.*", "visual_encoder.blocks.{}.attn.*"),
 *         KeyMap.split("visual_encoder.blocks.{}.attn.qkv.{}", 0,
 *                 "visual_encoder.blocks.{}.attn.q.{}", "visual_encoder.blocks.{}.attn.k.{}", "visual_encoder.blocks.{}.attn.v.{}"));
 * Checkpoint ours = map.apply(theirs);
 * Checkpoint back = map.inverse().apply(ours);
 * }</pre>
 */
public final class KeyMap {
    /** One line of the table. */
    public sealed interface Rule permits Rename, Drop, Alias, Split, Merge, Transpose {}

    /** Gives every match another name. */
    public record Rename(String from, String to) implements Rule {
        public Rename {
            requireSameWildcards(from, List.of(to));
        }
    }

    /** Leaves every match out. Its inverse does nothing: what is gone cannot be restored. */
    public record Drop(String pattern) implements Rule {}

    /** Gives every match a second name (tied weights that are stored once). Its inverse leaves the second out. */
    public record Alias(String from, String to) implements Rule {
        public Alias {
            requireSameWildcards(from, List.of(to));
        }
    }

    /**
     * Cuts every match along a dimension. Inverse: {@link Merge}.
     *
     * @param sizes of the parts; empty for equal parts
     */
    public record Split(String from, int dim, List<String> to, List<Long> sizes) implements Rule {
        public Split {
            to = List.copyOf(to);
            sizes = List.copyOf(sizes);
            requireParts(from, dim, to, sizes);
        }
    }

    /**
     * Joins along a dimension what was stored in parts; where a part is absent the others stay as they are. Inverse: {@link Split}.
     *
     * @param sizes of the parts for the inverse; empty for equal parts
     */
    public record Merge(List<String> from, int dim, String to, List<Long> sizes) implements Rule {
        public Merge {
            from = List.copyOf(from);
            sizes = List.copyOf(sizes);
            requireParts(to, dim, from, sizes);
        }
    }

    /** Exchanges two dimensions of every match. Its own inverse. */
    public record Transpose(String pattern, int a, int b) implements Rule {
        public Transpose {
            if (a < 0 || b < 0) {
                throw new IllegalArgumentException(pattern + ": dimensions " + a + " and " + b + " are counted from 0");
            }
        }
    }

    private final List<Rule> rules;

    private KeyMap(List<Rule> rules) {
        this.rules = rules;
    }

    /** The rules, in the order they are applied. */
    public static KeyMap of(Rule... rules) {
        return new KeyMap(List.of(rules));
    }

    public static Rule rename(String from, String to) {
        return new Rename(from, to);
    }

    public static Rule drop(String pattern) {
        return new Drop(pattern);
    }

    public static Rule alias(String from, String to) {
        return new Alias(from, to);
    }

    /** Cuts into equal parts. */
    public static Rule split(String from, int dim, String... to) {
        return new Split(from, dim, List.of(to), List.of());
    }

    /** Joins parts which, for the inverse, are taken to be equal. */
    public static Rule merge(String to, int dim, String... from) {
        return new Merge(List.of(from), dim, to, List.of());
    }

    public static Rule transpose(String pattern, int a, int b) {
        return new Transpose(pattern, a, b);
    }

    /** The table. */
    public List<Rule> rules() {
        return rules;
    }

    /** This map, then another. */
    public KeyMap then(KeyMap next) {
        List<Rule> all = new ArrayList<>(rules);
        all.addAll(next.rules);
        return new KeyMap(List.copyOf(all));
    }

    /**
     * The map back: inverse rules in reverse order. It restores what this map made as long as no rule's target also matches names which that rule
     * did not make, and except for what {@link Drop} left out.
     */
    public KeyMap inverse() {
        List<Rule> inverted = new ArrayList<>();
        for (Rule rule : rules) {
            if (rule instanceof Rename r) {
                inverted.add(new Rename(r.to, r.from));
            } else if (rule instanceof Alias r) {
                inverted.add(new Drop(r.to));
            } else if (rule instanceof Split r) {
                inverted.add(new Merge(r.to, r.dim, r.from, r.sizes));
            } else if (rule instanceof Merge r) {
                inverted.add(new Split(r.to, r.dim, r.from, r.sizes));
            } else if (rule instanceof Transpose) {
                inverted.add(rule);
            }
        }
        Collections.reverse(inverted);
        return new KeyMap(List.copyOf(inverted));
    }

    /**
     * The checkpoint under the new names; nothing is read until it is asked for. Closing it closes that one.
     *
     * @throws MedleyException when two tensors would get the same name, or one cannot be cut, joined or transposed as the table says
     */
    public Checkpoint apply(Checkpoint checkpoint) {
        Map<String, LazyTensor> tensors = new LinkedHashMap<>();
        for (String name : checkpoint.names()) {
            tensors.put(name, new LazyTensor.Stored(checkpoint, name));
        }
        for (Rule rule : rules) {
            tensors = apply(checkpoint.source(), rule, tensors);
        }
        return new ViewCheckpoint(checkpoint, tensors);
    }

    private static Map<String, LazyTensor> apply(String source, Rule rule, Map<String, LazyTensor> tensors) {
        if (rule instanceof Merge merge) {
            return applyMerge(source, merge, tensors);
        }
        Map<String, LazyTensor> result = new LinkedHashMap<>();
        KeyPattern pattern = new KeyPattern(
                rule instanceof Rename r
                        ? r.from
                        : rule instanceof Alias r
                                ? r.from
                                : rule instanceof Split r
                                        ? r.from
                                        : rule instanceof Drop r ? r.pattern : ((Transpose) rule).pattern);
        for (Map.Entry<String, LazyTensor> e : tensors.entrySet()) {
            String name = e.getKey();
            LazyTensor tensor = e.getValue();
            Optional<List<String>> found = pattern.match(name);
            if (found.isEmpty()) {
                put(source, result, name, tensor);
            } else if (rule instanceof Rename r) {
                put(source, result, new KeyPattern(r.to).fill(found.get()), tensor);
            } else if (rule instanceof Alias r) {
                put(source, result, name, tensor);
                put(source, result, new KeyPattern(r.to).fill(found.get()), tensor);
            } else if (rule instanceof Split r) {
                List<Long> sizes = sizes(source, r, name, tensor.info());
                long start = 0;
                for (int i = 0; i < sizes.size(); i++) {
                    put(
                            source,
                            result,
                            new KeyPattern(r.to.get(i)).fill(found.get()),
                            new LazyTensor.Narrowed(tensor, r.dim, start, sizes.get(i)));
                    start += sizes.get(i);
                }
            } else if (rule instanceof Transpose r) {
                if (Math.max(r.a, r.b) >= tensor.info().shape().length) {
                    throw unfit(source, rule, name, tensor.info());
                }
                put(source, result, name, new LazyTensor.Transposed(tensor, r.a, r.b));
            }
        }
        return result;
    }

    private static Map<String, LazyTensor> applyMerge(String source, Merge merge, Map<String, LazyTensor> tensors) {
        List<KeyPattern> patterns = merge.from.stream().map(KeyPattern::new).toList();
        KeyPattern to = new KeyPattern(merge.to);
        Map<String, LazyTensor> joined = new LinkedHashMap<>();
        Map<String, String> partOf = new LinkedHashMap<>();
        for (String name : tensors.keySet()) {
            Optional<List<String>> found = patterns.get(0).match(name);
            if (found.isEmpty()) {
                continue;
            }
            List<String> names = patterns.stream().map(p -> p.fill(found.get())).toList();
            List<LazyTensor> parts = new ArrayList<>();
            for (String part : names) {
                LazyTensor tensor = tensors.get(part);
                if (tensor != null) {
                    parts.add(tensor);
                }
            }
            if (parts.size() == names.size()) {
                String whole = to.fill(found.get());
                joined.put(whole, LazyTensor.Joined.of(whole, parts, merge.dim));
                names.forEach(part -> partOf.put(part, whole));
            }
        }
        Map<String, LazyTensor> result = new LinkedHashMap<>();
        for (Map.Entry<String, LazyTensor> e : tensors.entrySet()) {
            String whole = partOf.get(e.getKey());
            if (whole == null) {
                put(source, result, e.getKey(), e.getValue());
            } else {
                LazyTensor tensor = joined.remove(whole);
                if (tensor != null) {
                    put(source, result, whole, tensor);
                }
            }
        }
        return result;
    }

    private static List<Long> sizes(String source, Split split, String name, TensorInfo info) {
        long[] shape = info.shape();
        int parts = split.to.size();
        if (split.dim < shape.length) {
            long size = shape[split.dim];
            if (split.sizes.isEmpty() && size % parts == 0) {
                return Collections.nCopies(parts, size / parts);
            }
            if (split.sizes.stream().mapToLong(Long::longValue).sum() == size && !split.sizes.isEmpty()) {
                return split.sizes;
            }
        }
        throw unfit(source, split, name, info);
    }

    private static MedleyException unfit(String source, Rule rule, String name, TensorInfo info) {
        return new MedleyException(source + ": " + Quote.of(name) + " " + info + " does not fit the key map's rule "
                + rule + "; these are other weights than the map is for");
    }

    private static void put(String source, Map<String, LazyTensor> into, String name, LazyTensor tensor) {
        if (into.put(name, tensor) != null) {
            throw new MedleyException(source + ": the key map gives two tensors the name " + Quote.of(name));
        }
    }

    private static void requireSameWildcards(String from, List<String> to) {
        KeyPattern pattern = new KeyPattern(from);
        for (String target : to) {
            if (!pattern.hasSameWildcardsAs(new KeyPattern(target))) {
                throw new IllegalArgumentException("key map: '" + from + "' and '" + target
                        + "' differ in wildcards; give both the same in the same order");
            }
        }
    }

    private static void requireParts(String whole, int dim, List<String> parts, List<Long> sizes) {
        requireSameWildcards(whole, parts);
        if (dim < 0 || parts.size() < 2 || (!sizes.isEmpty() && sizes.size() != parts.size())) {
            throw new IllegalArgumentException("key map: '" + whole
                    + "' needs a dimension counted from 0, at least two parts"
                    + " and as many sizes as parts, or none; found dimension " + dim + ", " + parts + ", " + sizes);
        }
    }
}
