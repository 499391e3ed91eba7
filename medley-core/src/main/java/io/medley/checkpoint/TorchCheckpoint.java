package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@code torch.save} wrote, once its pickle has been read: the tensors by their path in it, and everything else as plain values. Every
 * tensor's place is checked against its storage, and the storage's against the file, before the file counts as opened.
 */
final class TorchCheckpoint implements Checkpoint {
    private static final int DEEPEST = 100;
    private static final int MOST_VALUES = 2_000_000;
    private static final long MOST_NAME_CHARACTERS = 64 << 20;

    /** A tensor that repeats its elements (stride 0) may be larger than its storage, but not by this much. */
    private static final long LARGEST_EXPANSION = 256L << 20;

    /** Where a storage's elements lie in the file, in bytes. */
    record Region(long offset, long bytes) {}

    private record Entry(TensorInfo info, long position, long[] strides) {}

    private final MappedFile file;
    private final Map<String, Entry> entries;
    private final @Nullable Object root;

    /**
     * @param value what the pickle holds
     * @param regions where each storage lies; may throw for one that is not there
     */
    TorchCheckpoint(MappedFile file, Object value, Function<Py.Storage, Region> regions) {
        this.file = file;
        Walk walk = new Walk(file.name(), regions);
        this.root = walk.plain(value, "", 0);
        this.entries = Collections.unmodifiableMap(walk.entries);
    }

    @Override
    public String source() {
        return file.name();
    }

    @Override
    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        return entry(name).info;
    }

    @Override
    public ByteBuffer bytes(String name) {
        Entry entry = entry(name);
        int unit = entry.info.dtype().bytes();
        long[] shape = entry.info.shape();
        long extent = Strided.extent(shape, entry.strides);
        return Strided.gather(file.map(entry.position, extent * unit), unit, 0, shape, entry.strides);
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw Names.unknown(source(), name, entries.keySet());
        }
        return entry;
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public @Nullable Object value(String path) {
        return find(root, path);
    }

    /** Keys may hold dots themselves: every key that begins the path is tried. */
    private static @Nullable Object find(@Nullable Object value, String path) {
        if (path.isEmpty()) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            if (map.containsKey(path)) {
                return map.get(path);
            }
            for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
                Object inner = map.get(path.substring(0, dot));
                Object found = inner == null ? null : find(inner, path.substring(dot + 1));
                if (found != null) {
                    return found;
                }
            }
        } else if (value instanceof List<?> list) {
            int dot = path.indexOf('.');
            String index = dot < 0 ? path : path.substring(0, dot);
            if (index.matches("\\d{1,8}") && Integer.parseInt(index) < list.size()) {
                return find(list.get(Integer.parseInt(index)), dot < 0 ? "" : path.substring(dot + 1));
            }
        }
        return null;
    }

    @Override
    public void close() {
        file.close();
    }

    /** Turns the pickle's value into a tree. A pickle may share and even nest a value in itself, so depth and size are bounded here. */
    private static final class Walk {
        private final String source;
        private final Function<Py.Storage, Region> regions;
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private long values;
        private long nameCharacters;

        Walk(String source, Function<Py.Storage, Region> regions) {
            this.source = source;
            this.regions = regions;
        }

        @Nullable
        Object plain(Object value, String path, int depth) {
            if (++values > MOST_VALUES) {
                throw new MedleyException(source + ": refused: it unfolds to more than " + MOST_VALUES + " values");
            }
            if (depth > DEEPEST) {
                throw new MedleyException(source + ": refused: it nests more than " + DEEPEST + " deep");
            }
            if (value == Py.None.NONE) {
                return null;
            } else if (value instanceof Map<?, ?> map) {
                return plainMap(map, path, depth);
            } else if (value instanceof Py.Instance instance) {
                return plainMap(instance.attributes(), path, depth);
            } else if (value instanceof Py.Tuple tuple) {
                return plainList(tuple.items(), path, depth);
            } else if (value instanceof List<?> list) {
                return plainList(list, path, depth);
            } else if (value instanceof Py.StoredTensor tensor) {
                return tensor(tensor, path);
            } else if (value instanceof Py.Storage storage) {
                return tensor(
                        new Py.StoredTensor(
                                storage, storage.dtype(), 0, new long[] {storage.viewElements()}, new long[] {1}),
                        path);
            } else if (value instanceof Py.Symbol symbol) {
                return symbol.path();
            } else if (value instanceof Py.NumpyType type) {
                return "numpy." + type.code();
            } else if (value instanceof byte[] bytes) {
                return bytes.clone();
            }
            return value;
        }

        private Map<String, @Nullable Object> plainMap(Map<?, ?> map, String path, int depth) {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            for (Map.Entry<?, ?> e : map.entrySet()) {
                plain.put((String) e.getKey(), plain(e.getValue(), join(path, (String) e.getKey()), depth + 1));
            }
            return Collections.unmodifiableMap(plain);
        }

        private List<@Nullable Object> plainList(List<?> list, String path, int depth) {
            List<@Nullable Object> plain = new ArrayList<>(list.size());
            for (int i = 0; i < list.size(); i++) {
                plain.add(plain(list.get(i), join(path, Integer.toString(i)), depth + 1));
            }
            return Collections.unmodifiableList(plain);
        }

        /** Paths that are too long for a tensor's name are only cut, since most never become one. */
        private String join(String path, String key) {
            if (path.length() + key.length() > Names.LONGEST) {
                return path.length() > Names.LONGEST
                        ? path
                        : path + "." + key.substring(0, Math.min(key.length(), Names.LONGEST));
            }
            return path.isEmpty() ? key : path + "." + key;
        }

        private TensorInfo tensor(Py.StoredTensor tensor, String path) {
            String name = path.isEmpty() ? "tensor" : path;
            nameCharacters += name.length();
            if (name.length() > Names.LONGEST || nameCharacters > MOST_NAME_CHARACTERS) {
                throw new MedleyException(source + ": refused: a tensor's name is longer than " + Names.LONGEST
                        + " characters, or all names than " + MOST_NAME_CHARACTERS);
            }
            Entry entry = place(tensor, name);
            if (entries.put(name, entry) != null) {
                throw new MedleyException(source + ": two tensors are named " + Quote.of(name));
            }
            return entry.info;
        }

        private Entry place(Py.StoredTensor tensor, String name) {
            Py.Storage storage = tensor.storage();
            long[] shape = tensor.shape();
            long[] strides = tensor.strides();
            String what = Quote.of(name) + " " + tensor.dtype() + " " + Arrays.toString(shape) + ", strides "
                    + Arrays.toString(strides) + ", offset " + tensor.offset();
            if (shape.length != strides.length
                    || tensor.offset() < 0
                    || Arrays.stream(shape).anyMatch(s -> s < 0)
                    || Arrays.stream(strides).anyMatch(s -> s < 0)) {
                throw new MedleyException(source + ": " + what + " is impossible");
            }
            try {
                TensorInfo info = new TensorInfo(tensor.dtype(), shape);
                int unit = tensor.dtype().bytes();
                long viewBytes = Math.multiplyExact(
                        storage.viewElements(), storage.dtype().bytes());
                long end = Math.multiplyExact(Math.addExact(tensor.offset(), Strided.extent(shape, strides)), unit);
                Region region = regions.apply(storage);
                if (info.elements() > 0 && end > viewBytes) {
                    throw new MedleyException(
                            source + ": " + what + " reaches outside its storage of " + viewBytes + " bytes");
                }
                if (info.bytes() > Math.max(viewBytes, LARGEST_EXPANSION)) {
                    throw new MedleyException(source + ": refused: " + what + " repeats a storage of " + viewBytes
                            + " bytes to " + info.bytes());
                }
                long start =
                        Math.multiplyExact(storage.viewStart(), storage.dtype().bytes());
                if (start > region.bytes - viewBytes) {
                    throw new MedleyException(source + ": " + what + " reaches outside its storage's " + region.bytes
                            + " bytes in the file");
                }
                long first = info.elements() == 0 ? 0 : tensor.offset() * unit;
                return new Entry(info, region.offset + start + first, strides);
            } catch (ArithmeticException e) {
                throw new MedleyException(source + ": " + what + " is impossible", e);
            }
        }
    }
}
