package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Torch's archive since version 1.6, and TorchScript archives: a zip whose single top directory holds {@code data.pkl}, the tree, and {@code
 * data/<key>}, one stored (not compressed) entry for each storage. Of a TorchScript archive the module tree's tensors and attributes are read;
 * its code is not looked at.
 *
 * <p>Checksums of the entries are not compared: that would read every byte of a file that is mapped to be read in part.
 */
final class TorchZip {
    private TorchZip() {}

    static Checkpoint open(MappedFile file) {
        Map<String, ZipDirectory.Entry> entries = new ZipDirectory(file).entries();
        List<String> pickles = entries.keySet().stream()
                .filter(n -> n.endsWith("/data.pkl") && n.indexOf('/') == n.length() - "/data.pkl".length())
                .toList();
        if (pickles.size() != 1) {
            throw new MedleyException(file.name() + ": not a checkpoint (a zip archive with "
                    + (pickles.isEmpty() ? "no" : "more than one")
                    + " data.pkl, unlike those torch.save writes since version 1.6)");
        }
        String top = pickles.get(0).substring(0, pickles.get(0).length() - "data.pkl".length());
        ZipDirectory.Entry order = entries.get(top + "byteorder");
        if (order != null && !"little".equals(text(stored(file, order, 16)))) {
            throw new MedleyException(file.name() + ": its elements are not little-endian; only little-endian is read");
        }
        ByteBuffer pickle = stored(file, Objects.requireNonNull(entries.get(pickles.get(0))), Integer.MAX_VALUE);
        Object value = Unpickler.read(file.name(), pickle);
        return new TorchCheckpoint(file, value, storage -> {
            ZipDirectory.Entry entry = entries.get(top + "data/" + storage.key());
            if (entry == null) {
                throw new MedleyException(
                        file.name() + ": the storage " + Quote.of(storage.key()) + " is not in the archive");
            }
            checkStored(file, entry);
            return new TorchCheckpoint.Region(entry.offset(), entry.size());
        });
    }

    private static ByteBuffer stored(MappedFile file, ZipDirectory.Entry entry, int most) {
        checkStored(file, entry);
        return file.map(entry.offset(), Math.min(entry.size(), most));
    }

    private static void checkStored(MappedFile file, ZipDirectory.Entry entry) {
        if (!entry.stored()) {
            throw new MedleyException(file.name() + ": " + Quote.of(entry.name())
                    + " is compressed, which torch.save never does; unpack it and pack it again without compression");
        }
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString().strip();
    }
}
