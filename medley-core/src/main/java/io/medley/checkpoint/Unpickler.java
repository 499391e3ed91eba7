package io.medley.checkpoint;

import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads Python pickles of protocol 2 to 5 as data. A loop over opcodes with a stack; what the opcodes name is looked up in the allow-list of
 * {@link PickleCalls}, and nothing is ever executed. Bounded: bytes, values made (copies count), stack and memo; there is no recursion.
 *
 * @see <a href="https://docs.python.org/3/library/pickletools.html">pickletools, which documents the opcodes</a>
 */
final class Unpickler {
    private static final int MOST_BYTES = 128 << 20;
    private static final int MOST_VALUES = 8_000_000;
    private static final int MOST_STACK = 1_000_000;
    private static final Object MARK = new Object();

    private final String source;
    private final ByteBuffer in;
    private final Consumer<Py.Storage> storages;
    private final ArrayList<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private long values;

    private Unpickler(String source, ByteBuffer in, Consumer<Py.Storage> storages) {
        this.source = source;
        this.in = in;
        this.storages = storages;
    }

    /**
     * Reads one pickle from the buffer's position and leaves the position behind it.
     *
     * @param source what this is, for messages
     */
    static Object read(String source, ByteBuffer in) {
        return read(source, in, storage -> {});
    }

    /** The same; {@code storages} sees every storage the pickle refers to. */
    static Object read(String source, ByteBuffer in, Consumer<Py.Storage> storages) {
        int start = in.position();
        ByteBuffer window =
                in.slice(start, Math.min(in.remaining(), MOST_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        Object value = new Unpickler(source, window, storages).run();
        in.position(start + window.position());
        return value;
    }

    /** Counts values about to be made. */
    void charge(long count) {
        values += count;
        if (values > MOST_VALUES) {
            throw refuse("it makes more than " + MOST_VALUES + " values");
        }
    }

    MedleyException refuse(String why) {
        return new MedleyException(source + ": refused: " + why);
    }

    MedleyException damaged(String what) {
        return new MedleyException(source + ": damaged pickle: " + what + " (at byte " + in.position() + ")");
    }

    /** A dictionary's key as text. Only scalars and short tuples of scalars are taken: hashing them is cheap. */
    String key(Object key) {
        if (key instanceof String text) {
            return text;
        } else if (isScalar(key)) {
            return key == Py.None.NONE ? "None" : key.toString();
        } else if (key instanceof Py.Tuple tuple
                && tuple.items().size() <= 16
                && tuple.items().stream().allMatch(i -> isScalar(i) || (i instanceof String s && s.length() <= 256))) {
            return tuple.items().toString();
        }
        throw refuse("a dictionary has a key that is no plain value");
    }

    private static boolean isScalar(Object value) {
        return value instanceof Long
                || value instanceof BigInteger
                || value instanceof Double
                || value instanceof Boolean
                || value == Py.None.NONE;
    }

    private Object run() {
        while (true) {
            int op = u8();
            switch (op) {
                case 0x80 -> { // PROTO
                    int protocol = u8();
                    if (protocol < 2 || protocol > 5) {
                        throw damaged("protocol " + protocol + "; 2 to 5 are read");
                    }
                }
                case 0x95 -> need(int64()); // FRAME: a hint for streaming
                case '.' -> { // STOP
                    Object value = pop();
                    if (!stack.isEmpty()) {
                        throw damaged("values left over");
                    }
                    return value;
                }

                case '(' -> {
                    marks.add(stack.size());
                    push(MARK);
                }
                case '0' -> pop();
                case '1' -> popMark();
                case '2' -> push(top());

                case 'N' -> push(Py.None.NONE);
                case 0x88 -> push(true);
                case 0x89 -> push(false);
                case 'J' -> push((long) int32());
                case 'K' -> push((long) u8());
                case 'M' -> push((long) (u8() | u8() << 8));
                case 0x8a -> push(integer(u8())); // LONG1
                case 0x8b -> push(integer(length(4))); // LONG4
                case 'I' -> push(decimal(line()));
                case 'L' -> push(decimal(line().replace("L", "")));
                case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(int64()))); // BINFLOAT is big-endian
                case 'X' -> push(text(length(4)));
                case 0x8c -> push(text(u8()));
                case 0x8d -> push(text(length(8)));
                case 'T' -> push(latin(length(4))); // Python 2's str
                case 'U' -> push(latin(u8()));
                case 'B' -> push(bytes(length(4)));
                case 'C' -> push(bytes(u8()));
                case 0x8e, 0x96 -> push(bytes(length(8))); // BINBYTES8, BYTEARRAY8

                case ']', 0x8f -> push(new ArrayList<>()); // EMPTY_LIST, EMPTY_SET
                case '}' -> push(new LinkedHashMap<String, Object>());
                case ')' -> push(new Py.Tuple(List.of()));
                case 't' -> push(new Py.Tuple(popMark()));
                case 'l', 0x91 -> push(popMark()); // LIST, FROZENSET
                case 'd' -> {
                    List<Object> items = popMark();
                    Map<String, Object> map = new LinkedHashMap<>();
                    putAll(map, items);
                    push(map);
                }
                case 0x85 -> push(new Py.Tuple(popSome(1)));
                case 0x86 -> push(new Py.Tuple(popSome(2)));
                case 0x87 -> push(new Py.Tuple(popSome(3)));
                case 'a' -> {
                    Object item = pop();
                    list(top()).add(item);
                }
                case 'e', 0x90 -> { // APPENDS, ADDITEMS
                    List<Object> items = popMark();
                    list(top()).addAll(items);
                }
                case 's' -> {
                    List<Object> pair = popSome(2);
                    putAll(dictionary(top()), pair);
                }
                case 'u' -> {
                    List<Object> items = popMark();
                    putAll(dictionary(top()), items);
                }

                case 'q' -> remember(u8());
                case 'r' -> remember(int32());
                case 0x94 -> remember(memo.size()); // MEMOIZE
                case 'h' -> push(recall(u8()));
                case 'j' -> push(recall(int32()));

                case 'c' -> push(PickleCalls.symbol(this, line(), line()));
                case 0x93 -> { // STACK_GLOBAL
                    List<Object> names = popSome(2);
                    if (!(names.get(0) instanceof String module) || !(names.get(1) instanceof String name)) {
                        throw damaged("a name that is not text");
                    }
                    push(PickleCalls.symbol(this, module, name));
                }
                case 'R' -> {
                    List<Object> call = popSome(2);
                    push(PickleCalls.call(this, call.get(0), call.get(1)));
                }
                case 0x81 -> push(PickleCalls.create(this, popSome(2).get(0))); // NEWOBJ
                case 0x92 -> push(PickleCalls.create(this, popSome(3).get(0))); // NEWOBJ_EX
                case 'b' -> {
                    Object state = pop();
                    PickleCalls.build(this, top(), state);
                }
                case 'Q' -> push(storage(pop()));

                case 'i', 'o' -> throw refuse("it makes objects the way of pickle protocol 0");
                case 'P', 'S', 'V', 'F', 'p', 'g' ->
                    throw refuse("it is a pickle of protocol 0 or 1; save it with protocol 2 or later");
                case 0x82, 0x83, 0x84 -> throw refuse("it uses the extension registry of pickle");
                case 0x97, 0x98 -> throw refuse("it uses buffers that are not in the file");
                default -> throw damaged(String.format("unknown opcode %02x", op));
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------- the stack

    private void push(Object value) {
        charge(1);
        if (stack.size() >= MOST_STACK) {
            throw refuse("its values nest or pile up more than " + MOST_STACK + " deep");
        }
        stack.add(value);
    }

    private Object top() {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
            throw damaged("nothing on the stack");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private List<Object> popSome(int count) {
        int from = stack.size() - count;
        int bottom = marks.isEmpty() ? 0 : marks.get(marks.size() - 1) + 1;
        if (from < bottom) {
            throw damaged("nothing on the stack");
        }
        return take(from, from);
    }

    /** What lies above the topmost mark, which goes too. */
    private List<Object> popMark() {
        if (marks.isEmpty()) {
            throw damaged("no mark on the stack");
        }
        int mark = marks.remove(marks.size() - 1);
        return take(mark + 1, mark);
    }

    private List<Object> take(int from, int cut) {
        List<Object> items = new ArrayList<>(stack.subList(from, stack.size()));
        charge(items.size());
        stack.subList(cut, stack.size()).clear();
        return items;
    }

    @SuppressWarnings("unchecked") // every list on the stack was made here, as an ArrayList<Object>
    private List<Object> list(Object value) {
        if (value instanceof ArrayList<?> list) {
            return (List<Object>) list;
        }
        throw damaged("an item for something that is no list");
    }

    @SuppressWarnings("unchecked") // every map on the stack was made here, as a Map<String, Object>
    private Map<String, Object> dictionary(Object value) {
        if (value instanceof LinkedHashMap<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw damaged("an item for something that is no dictionary");
    }

    private void putAll(Map<String, Object> map, List<Object> keysAndValues) {
        if (keysAndValues.size() % 2 != 0) {
            throw damaged("a dictionary's key without a value");
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            map.put(key(keysAndValues.get(i)), keysAndValues.get(i + 1));
        }
    }

    private void remember(int slot) {
        memo.put(slot, top());
    }

    private Object recall(int slot) {
        Object value = memo.get(slot);
        if (value == null) {
            throw damaged("memo " + Integer.toUnsignedLong(slot) + " was never filled");
        }
        return value;
    }

    /** The tuples by which torch refers to blocks of elements: ('storage', type, key, device, elements[, view]). */
    private Py.Storage storage(Object id) {
        if (!(id instanceof Py.Tuple tuple)
                || tuple.items().size() < 5
                || !"storage".equals(tuple.items().get(0))) {
            throw refuse("it refers to something outside the file that is no tensor storage");
        }
        List<Object> parts = tuple.items();
        DType type = parts.get(1) instanceof Py.Symbol symbol ? PickleCalls.storageType(symbol) : null;
        if (type == null || !(parts.get(2) instanceof String key) || key.length() > Names.LONGEST) {
            throw damaged("a storage without type or key");
        }
        long elements = PickleCalls.number(this, parts.get(4));
        long viewStart = 0;
        long viewElements = elements;
        if (parts.size() > 5
                && parts.get(5) instanceof Py.Tuple view
                && view.items().size() == 3) {
            viewStart = PickleCalls.number(this, view.items().get(1));
            viewElements = PickleCalls.number(this, view.items().get(2));
        }
        if (elements < 0 || viewStart < 0 || viewElements < 0 || viewStart > elements - viewElements) {
            throw damaged("a storage of " + elements + " elements");
        }
        Py.Storage storage = new Py.Storage(type, key, elements, viewStart, viewElements);
        storages.accept(storage);
        return storage;
    }

    // ------------------------------------------------------------------------------------------------------- the bytes

    private void need(long bytes) {
        if (bytes > in.remaining()) {
            throw damaged("it ends too early, " + bytes + " bytes wanted and " + in.remaining()
                    + " left (or it is larger than the " + MOST_BYTES + " bytes accepted)");
        }
    }

    private int u8() {
        need(1);
        return Byte.toUnsignedInt(in.get());
    }

    private int int32() {
        need(4);
        return in.getInt();
    }

    private long int64() {
        need(8);
        return in.getLong();
    }

    /** A length of 4 or 8 bytes; that much must follow. */
    private int length(int width) {
        long length = width == 4 ? Integer.toUnsignedLong(int32()) : int64();
        if (length < 0) {
            throw damaged("a negative length");
        }
        need(length);
        return (int) length;
    }

    private byte[] bytes(int length) {
        need(length);
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private String text(int length) {
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    private String latin(int length) {
        return new String(bytes(length), StandardCharsets.ISO_8859_1);
    }

    private String line() {
        int start = in.position();
        while (u8() != '\n') {
            if (in.position() - start > 1024) {
                throw damaged("a line of more than 1024 bytes");
            }
        }
        byte[] bytes = new byte[in.position() - start - 1];
        in.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Object integer(int length) {
        if (length > 1024) {
            throw refuse("it holds an integer of " + length + " bytes");
        }
        if (length == 0) {
            return 0L;
        }
        byte[] littleEndian = bytes(length);
        byte[] bigEndian = new byte[length];
        for (int i = 0; i < length; i++) {
            bigEndian[i] = littleEndian[length - 1 - i];
        }
        return narrowed(new BigInteger(bigEndian));
    }

    private Object decimal(String digits) {
        try {
            return digits.equals("01") ? true : digits.equals("00") ? false : narrowed(new BigInteger(digits));
        } catch (NumberFormatException e) {
            throw damaged("a number that is none, " + Quote.of(digits));
        }
    }

    private static Object narrowed(BigInteger value) {
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }
}
