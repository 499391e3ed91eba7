package io.medley.checkpoint;

import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Torch's archive before version 1.6 ({@code torch/serialization.py}, {@code _legacy_save}): five pickles in a row (a magic number, the
 * protocol's version, facts on the machine, the tree, the list of storage keys), then for each key the number of elements in eight bytes and
 * the elements.
 */
final class TorchLegacy {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final byte[] START = {
        (byte) 0x80,
        2,
        (byte) 0x8a,
        10,
        0x6c,
        (byte) 0xfc,
        (byte) 0x9c,
        0x46,
        (byte) 0xf9,
        0x20,
        0x6a,
        (byte) 0xa8,
        0x50,
        0x19,
        '.'
    };

    /** The pickles lie in the first bytes of the file; this much is looked at. */
    private static final long WINDOW = 512L << 20;

    private TorchLegacy() {}

    static boolean looksLike(byte[] head) {
        // Protocols above 2 put the same number behind another version byte, perhaps in a frame.
        return indexOf(head) >= 0;
    }

    private static int indexOf(byte[] head) {
        if (head.length < START.length || head[0] != START[0]) {
            return -1;
        }
        for (int at = 2; at <= 11 && at + START.length - 2 <= head.length; at += 9) {
            if (Arrays.equals(head, at, at + START.length - 2, START, 2, START.length)) {
                return at;
            }
        }
        return -1;
    }

    static Checkpoint open(MappedFile file) {
        String source = file.name();
        ByteBuffer in = file.map(0, Math.min(file.size(), WINDOW));
        if (!MAGIC.equals(Unpickler.read(source, in))
                || !Long.valueOf(1001).equals(Unpickler.read(source, in))
                || !(Unpickler.read(source, in) instanceof Map<?, ?> machine)) {
            throw new MedleyException(source + ": not the archive torch wrote before version 1.6");
        }
        if (!Boolean.TRUE.equals(machine.get("little_endian"))) {
            throw new MedleyException(source + ": its elements are not little-endian; only little-endian is read");
        }
        Map<String, DType> types = new HashMap<>();
        Object tree = Unpickler.read(source, in, storage -> {
            DType known = types.put(storage.key(), storage.dtype());
            if (known != null && known != storage.dtype()) {
                throw new MedleyException(source + ": damaged: storage " + Quote.of(storage.key()) + " has two types");
            }
        });
        if (!(Unpickler.read(source, in) instanceof List<?> keys)) {
            throw new MedleyException(source + ": damaged: no list of storages");
        }
        Map<String, TorchCheckpoint.Region> regions = new HashMap<>();
        long position = in.position();
        for (Object key : keys) {
            DType type = key instanceof String ? types.get(key) : null;
            if (type == null) {
                throw new MedleyException(source + ": damaged: it lists a storage that no tensor uses");
            }
            long elements = file.map(position, 8).getLong();
            position += 8;
            if (elements < 0 || elements > (file.size() - position) / type.bytes()) {
                throw new MedleyException(source + ": storage " + Quote.of((String) key) + " claims " + elements
                        + " elements, more than the file holds; it is truncated or damaged, fetch it again");
            }
            regions.put((String) key, new TorchCheckpoint.Region(position, elements * type.bytes()));
            position += elements * type.bytes();
        }
        return new TorchCheckpoint(file, tree, storage -> {
            TorchCheckpoint.Region region = regions.get(storage.key());
            if (region == null) {
                throw new MedleyException(
                        source + ": the storage " + Quote.of(storage.key()) + " is not in the file; it is damaged");
            }
            return region;
        });
    }
}
