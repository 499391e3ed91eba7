package io.medley.checkpoint;

import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The allow-list of the unpickler: which classes and functions a pickle may name, and what data each stands for. A name that is not here is
 * refused where it occurs, whether or not it would be called.
 */
final class PickleCalls {
    private static final Map<String, DType> STORAGES = Map.ofEntries(
            Map.entry("DoubleStorage", DType.FLOAT64),
            Map.entry("FloatStorage", DType.FLOAT32),
            Map.entry("HalfStorage", DType.FLOAT16),
            Map.entry("BFloat16Storage", DType.BFLOAT16),
            Map.entry("LongStorage", DType.INT64),
            Map.entry("IntStorage", DType.INT32),
            Map.entry("ShortStorage", DType.INT16),
            Map.entry("CharStorage", DType.INT8),
            Map.entry("ByteStorage", DType.UINT8),
            Map.entry("BoolStorage", DType.BOOL),
            Map.entry("UntypedStorage", DType.UINT8));

    private static final Map<String, DType> TYPES = Map.ofEntries(
            Map.entry("float64", DType.FLOAT64),
            Map.entry("float32", DType.FLOAT32),
            Map.entry("float16", DType.FLOAT16),
            Map.entry("bfloat16", DType.BFLOAT16),
            Map.entry("int64", DType.INT64),
            Map.entry("int32", DType.INT32),
            Map.entry("int16", DType.INT16),
            Map.entry("int8", DType.INT8),
            Map.entry("uint8", DType.UINT8),
            Map.entry("bool", DType.BOOL));

    private static final Set<String> CALLS = Set.of(
            "collections.OrderedDict",
            "collections.Counter",
            "collections.defaultdict",
            "builtins.set",
            "builtins.frozenset",
            "_codecs.encode",
            "copyreg._reconstructor",
            "argparse.Namespace",
            "pathlib.PosixPath",
            "pathlib.PurePosixPath",
            "pathlib.WindowsPath",
            "pathlib.PureWindowsPath",
            "numpy.dtype",
            "numpy.core.multiarray.scalar",
            "torch.Size",
            "torch.device",
            "torch._utils._rebuild_tensor",
            "torch._utils._rebuild_tensor_v2",
            "torch._utils._rebuild_tensor_v3",
            "torch._utils._rebuild_parameter",
            "torch._utils._rebuild_parameter_with_state",
            "torch._tensor._rebuild_from_type_v2",
            "torch.jit._pickle.build_intlist",
            "torch.jit._pickle.build_doublelist",
            "torch.jit._pickle.build_boollist",
            "torch.jit._pickle.build_tensorlist",
            "torch.jit._pickle.restore_type_tag");

    /** Names that occur as values or type arguments and are never called. */
    private static final Set<String> INERT = Set.of(
            "builtins.object",
            "builtins.dict",
            "builtins.list",
            "builtins.int",
            "builtins.float",
            "builtins.bool",
            "builtins.str",
            "torch.Tensor",
            "torch.nn.parameter.Parameter",
            "torch.nn.parameter.Buffer");

    private PickleCalls() {}

    /** The symbol of this name; throws {@link MedleyException} naming it where it is not allowed. */
    static Py.Symbol symbol(Unpickler at, String module, String name) {
        // Python 2 and NumPy 1 and 2 spell some modules differently.
        String canonical =
                switch (module) {
                    case "__builtin__" -> "builtins";
                    case "copy_reg" -> "copyreg";
                    case "numpy._core.multiarray" -> "numpy.core.multiarray";
                    case "pathlib._local" -> "pathlib";
                    default -> module;
                };
        Py.Symbol symbol = new Py.Symbol(canonical, name);
        boolean torchScript = canonical.equals("__torch__") || canonical.startsWith("__torch__.");
        if (CALLS.contains(symbol.path())
                || INERT.contains(symbol.path())
                || storageType(symbol) != null
                || (canonical.equals("torch") && TYPES.containsKey(name))
                || torchScript) {
            return symbol;
        }
        throw at.refuse("it asks for " + Quote.of(module + "." + name)
                + ", which is not plain data; Medley runs no code from a file. Save just the state_dict, or convert the"
                + " file to safetensors where you trust it");
    }

    static @Nullable DType storageType(Py.Symbol symbol) {
        return switch (symbol.module()) {
            case "torch", "torch.cuda", "torch.storage" -> STORAGES.get(symbol.name());
            default -> null;
        };
    }

    /** The data that {@code symbol(*arguments)} stands for. */
    static Object call(Unpickler at, Object callee, Object arguments) {
        if (!(callee instanceof Py.Symbol symbol) || !(arguments instanceof Py.Tuple tuple)) {
            throw at.damaged("a call of something that is not a name");
        }
        List<Object> args = tuple.items();
        return switch (symbol.path()) {
            case "collections.OrderedDict", "collections.Counter" -> dictionary(at, args);
            case "collections.defaultdict" -> new LinkedHashMap<String, Object>();
            case "builtins.set", "builtins.frozenset" -> copied(at, arg(at, args, 0));
            case "_codecs.encode" -> encoded(at, args);
            case "copyreg._reconstructor" -> create(at, arg(at, args, 0));
            case "argparse.Namespace" -> create(at, symbol);
            case "pathlib.PosixPath", "pathlib.PurePosixPath", "pathlib.WindowsPath", "pathlib.PureWindowsPath" ->
                path(at, args);
            case "numpy.dtype" -> new Py.NumpyType(string(at, args, 0));
            case "numpy.core.multiarray.scalar" -> numpyScalar(at, args);
            case "torch.Size" -> new Py.Tuple(copied(at, arg(at, args, 0)));
            case "torch.device" -> device(at, args);
            case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> tensor(at, args, null);
            case "torch._utils._rebuild_tensor_v3" -> tensor(at, args, type(at, arg(at, args, 6)));
            case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
                stored(at, arg(at, args, 0));
            case "torch._tensor._rebuild_from_type_v2" -> typed(at, args);
            case "torch.jit._pickle.build_intlist",
                    "torch.jit._pickle.build_doublelist",
                    "torch.jit._pickle.build_boollist",
                    "torch.jit._pickle.build_tensorlist",
                    "torch.jit._pickle.restore_type_tag" -> arg(at, args, 0);
            default -> throw at.refuse("it calls " + Quote.of(symbol.path()) + ", which is not plain data");
        };
    }

    /** {@code cls.__new__(cls)}: an empty namespace, module or dictionary. */
    static Object create(Unpickler at, Object type) {
        if (type instanceof Py.Symbol symbol) {
            if (symbol.path().equals("argparse.Namespace") || symbol.module().startsWith("__torch__")) {
                return new Py.Instance(symbol);
            }
            if (symbol.path().equals("collections.OrderedDict")) {
                return new LinkedHashMap<String, Object>();
            }
            throw at.refuse("it creates an object of " + Quote.of(symbol.path()) + ", which is not plain data");
        }
        throw at.damaged("an object of something that is no class");
    }

    /** {@code object.__setstate__(state)}. */
    static void build(Unpickler at, Object object, Object state) {
        if (object instanceof Py.Instance instance && state instanceof Map<?, ?> map) {
            at.charge(map.size());
            map.forEach((k, v) -> instance.attributes().put((String) k, v));
        } else if (object instanceof Map && state instanceof Map) {
            // Attributes of an OrderedDict, such as a state dict's _metadata: version numbers of layers, of no use
            // here.
            return;
        } else if (object instanceof Py.NumpyType && state instanceof Py.Tuple tuple) {
            if (tuple.items().size() > 1 && ">".equals(tuple.items().get(1))) {
                throw at.refuse("it holds a big-endian NumPy value");
            }
        } else {
            throw at.damaged("a state of an unexpected kind");
        }
    }

    private static Map<String, Object> dictionary(Unpickler at, List<Object> args) {
        Map<String, Object> dictionary = new LinkedHashMap<>();
        if (!args.isEmpty()) {
            if (args.get(0) instanceof Map<?, ?> map) {
                at.charge(map.size());
                map.forEach((k, v) -> dictionary.put((String) k, v));
            } else {
                for (Object pair : copied(at, args.get(0))) {
                    List<Object> keyValue = copied(at, pair);
                    if (keyValue.size() != 2) {
                        throw at.damaged("a dictionary's pair has " + keyValue.size() + " parts");
                    }
                    dictionary.put(at.key(keyValue.get(0)), keyValue.get(1));
                }
            }
        }
        return dictionary;
    }

    private static byte[] encoded(Unpickler at, List<Object> args) {
        String text = string(at, args, 0);
        at.charge(text.length());
        if (args.size() > 1 && !Set.of("latin1", "latin-1").contains(args.get(1))) {
            throw at.refuse("it encodes text other than as latin1");
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String path(Unpickler at, List<Object> args) {
        StringBuilder path = new StringBuilder();
        for (Object part : args) {
            if (!(part instanceof String text)) {
                throw at.damaged("a path that is not text");
            }
            at.charge(text.length());
            boolean separator = path.length() > 0 && path.charAt(path.length() - 1) != '/';
            path.append(separator ? "/" : "").append(text);
        }
        return path.toString();
    }

    private static String device(Unpickler at, List<Object> args) {
        at.charge(string(at, args, 0).length());
        return args.size() > 1 ? string(at, args, 0) + ":" + number(at, args.get(1)) : string(at, args, 0);
    }

    private static Object numpyScalar(Unpickler at, List<Object> args) {
        if (!(arg(at, args, 0) instanceof Py.NumpyType type)) {
            throw at.damaged("a NumPy scalar without a type");
        }
        Object raw = arg(at, args, 1);
        byte[] bytes = raw instanceof byte[] b
                ? b
                : raw instanceof String s && s.length() <= 16 ? s.getBytes(StandardCharsets.ISO_8859_1) : new byte[0];
        String code = type.code();
        int width = code.length() == 2 ? code.charAt(1) - '0' : -1;
        if (bytes.length != width) {
            throw at.refuse("it holds a NumPy value of type " + Quote.of(code) + " in " + bytes.length + " bytes");
        }
        ByteBuffer value = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return switch (code) {
            case "f8" -> value.getDouble();
            case "f4" -> (double) value.getFloat();
            case "i8" -> value.getLong();
            case "i4" -> (long) value.getInt();
            case "i2" -> (long) value.getShort();
            case "i1" -> (long) value.get();
            case "u1" -> (long) Byte.toUnsignedInt(value.get());
            case "u2" -> (long) Short.toUnsignedInt(value.getShort());
            case "u4" -> Integer.toUnsignedLong(value.getInt());
            case "b1" -> value.get() != 0;
            default -> throw at.refuse("it holds a NumPy value of type " + Quote.of(code));
        };
    }

    private static Py.StoredTensor tensor(Unpickler at, List<Object> args, @Nullable DType type) {
        if (!(arg(at, args, 0) instanceof Py.Storage storage)) {
            throw at.damaged("a tensor without a storage");
        }
        long[] shape = longs(at, arg(at, args, 2));
        long[] strides = longs(at, arg(at, args, 3));
        return new Py.StoredTensor(
                storage, type == null ? storage.dtype() : type, number(at, arg(at, args, 1)), shape, strides);
    }

    private static Object typed(Unpickler at, List<Object> args) {
        if (arg(at, args, 0) instanceof Py.Symbol function
                && function.module().equals("torch._utils")
                && INERT.contains(arg(at, args, 1) instanceof Py.Symbol type ? type.path() : "")) {
            return stored(at, call(at, function, arg(at, args, 2)));
        }
        throw at.refuse("it holds a tensor of a class of its own");
    }

    private static Py.StoredTensor stored(Unpickler at, Object value) {
        if (value instanceof Py.StoredTensor tensor) {
            return tensor;
        }
        throw at.damaged("a parameter that is not a tensor");
    }

    private static DType type(Unpickler at, Object value) {
        DType type =
                value instanceof Py.Symbol symbol && symbol.module().equals("torch") ? TYPES.get(symbol.name()) : null;
        if (type == null) {
            throw at.refuse("it holds a tensor of an unsupported type");
        }
        return type;
    }

    private static List<Object> copied(Unpickler at, Object sequence) {
        List<?> items =
                sequence instanceof Py.Tuple tuple ? tuple.items() : sequence instanceof List<?> list ? list : null;
        if (items == null) {
            throw at.damaged("something that is no list where one should be");
        }
        at.charge(items.size());
        return new ArrayList<>(items);
    }

    private static long[] longs(Unpickler at, Object sequence) {
        List<Object> items = copied(at, sequence);
        if (items.size() > 32) {
            throw at.damaged("a tensor of " + items.size() + " dimensions");
        }
        return items.stream().mapToLong(i -> number(at, i)).toArray();
    }

    static long number(Unpickler at, Object value) {
        if (value instanceof Long number) {
            return number;
        }
        throw at.damaged("something that is no integer where one should be");
    }

    private static String string(Unpickler at, List<Object> args, int i) {
        if (arg(at, args, i) instanceof String text) {
            return text;
        }
        throw at.damaged("something that is no text where text should be");
    }

    private static Object arg(Unpickler at, List<Object> args, int i) {
        if (i >= args.size()) {
            throw at.damaged("a call with too few arguments");
        }
        return args.get(i);
    }
}
