package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tensors and values below one key of another checkpoint. Closing it closes that one. */
final class SubCheckpoint implements Checkpoint {
    private static final List<String> WRAPPERS =
            List.of("model", "state_dict", "model_state_dict", "module", "net", "network");

    private final Checkpoint whole;
    private final String key;
    private final Set<String> names;

    SubCheckpoint(Checkpoint whole, String key) {
        this.whole = whole;
        this.key = key;
        Set<String> found = new LinkedHashSet<>();
        for (String name : whole.names()) {
            if (name.startsWith(key + ".")) {
                found.add(name.substring(key.length() + 1));
            }
        }
        if (found.isEmpty() && !(whole.value(key) instanceof Map)) {
            throw new MedleyException(whole.source() + ": nothing below the key " + Quote.of(key) + "; top-level keys: "
                    + topLevel(whole.names()));
        }
        this.names = Collections.unmodifiableSet(found);
    }

    static Checkpoint unwrap(Checkpoint checkpoint) {
        for (String wrapper : WRAPPERS) {
            if (checkpoint.value("") instanceof Map<?, ?> top && top.get(wrapper) instanceof Map) {
                Checkpoint inner = new SubCheckpoint(checkpoint, wrapper);
                if (!inner.names().isEmpty()) {
                    return unwrap(inner);
                }
            }
        }
        return checkpoint;
    }

    private static String topLevel(Set<String> names) {
        Set<String> keys = new LinkedHashSet<>();
        for (String name : names) {
            int dot = name.indexOf('.');
            keys.add(dot < 0 ? name : name.substring(0, dot));
            if (keys.size() > 8) {
                break;
            }
        }
        return String.join(", ", keys.stream().map(Quote::of).toList());
    }

    @Override
    public String source() {
        return whole.source();
    }

    @Override
    public Set<String> names() {
        return names;
    }

    @Override
    public TensorInfo info(String name) {
        return whole.info(known(name));
    }

    @Override
    public ByteBuffer bytes(String name) {
        return whole.bytes(known(name));
    }

    private String known(String name) {
        if (!names.contains(name)) {
            throw Names.unknown(source(), name, names);
        }
        return key + "." + name;
    }

    @Override
    public Map<String, String> metadata() {
        return whole.metadata();
    }

    @Override
    public @Nullable Object value(String path) {
        return whole.value(path.isEmpty() ? key : key + "." + path);
    }

    @Override
    public void close() {
        whole.close();
    }
}
