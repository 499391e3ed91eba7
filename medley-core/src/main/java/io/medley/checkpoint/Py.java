package io.medley.checkpoint;

import io.medley.tensor.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle may hold beside {@code Long}, {@code BigInteger}, {@code Double}, {@code Boolean}, {@code String}, {@code byte[]}, {@code
 * ArrayList} (lists and sets) and {@code LinkedHashMap} (dictionaries; keys become text). Data only; none of it does anything.
 */
final class Py {
    private Py() {}

    enum None {
        NONE
    }

    record Tuple(List<Object> items) {}

    /** A class or function of the allow-list, as a name. */
    record Symbol(String module, String name) {
        String path() {
            return module + "." + name;
        }
    }

    /** A namespace, or a module of a TorchScript archive. */
    record Instance(Symbol type, Map<String, Object> attributes) {
        Instance(Symbol type) {
            this(type, new LinkedHashMap<>());
        }
    }

    /** {@code numpy.dtype('f8')}. */
    record NumpyType(String code) {}

    /**
     * A block of elements stored elsewhere.
     *
     * @param elements length of the whole block
     * @param viewStart first element of the part meant (archives before 0.4 store such views), usually 0
     * @param viewElements length of that part
     */
    record Storage(DType dtype, String key, long elements, long viewStart, long viewElements) {}

    /** A strided tensor in a storage; {@code dtype} differs from the storage's where that is untyped (bytes). */
    record StoredTensor(Storage storage, DType dtype, long offset, long[] shape, long[] strides) {}
}
