package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Recognises what a path holds, by content. */
final class CheckpointFiles {
    /** The names weights have in a directory of the Hugging Face hub, best first. */
    private static final List<String> USUAL = List.of(
            "model.safetensors",
            "model.safetensors.index.json",
            "pytorch_model.bin",
            "pytorch_model.bin.index.json",
            "checkpoint.safetensors",
            "checkpoint.pth");

    private static final List<String> ENDINGS = List.of(".safetensors", ".bin", ".pth", ".pt", ".index.json");

    private CheckpointFiles() {}

    static Checkpoint open(Path path) throws IOException {
        return Files.isDirectory(path) ? openFile(inside(path)) : openFile(path);
    }

    /** A file of tensors, not an index of further files. */
    static Checkpoint openSingle(Path path) throws IOException {
        return open(path, false);
    }

    private static Checkpoint openFile(Path path) throws IOException {
        return open(path, true);
    }

    private static Path inside(Path directory) throws IOException {
        for (String name : USUAL) {
            Path candidate = directory.resolve(name);
            if (Files.isRegularFile(candidate)) {
                return candidate;
            }
        }
        try (Stream<Path> entries = Files.list(directory)) {
            List<Path> found = entries.filter(p -> ENDINGS.stream().anyMatch(e -> p.getFileName()
                            .toString()
                            .toLowerCase(Locale.ROOT)
                            .endsWith(e)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            if (found.size() == 1) {
                return found.get(0);
            }
            throw new MedleyException(directory + ": "
                    + (found.isEmpty() ? "no weights in this directory" : "several files of weights, name one of them")
                    + " (looked for " + String.join(", ", USUAL) + ")"
                    + (found.isEmpty()
                            ? ""
                            : ": "
                                    + String.join(
                                            ", ",
                                            found.stream()
                                                    .limit(8)
                                                    .map(p -> p.getFileName().toString())
                                                    .toList())));
        }
    }

    private static Checkpoint open(Path path, boolean indexAllowed) throws IOException {
        return recognise(MappedFile.open(path), indexAllowed ? path : null);
    }

    /** @param path where an index would find its shards; null where there can be no index */
    static Checkpoint recognise(MappedFile file, @Nullable Path path) throws IOException {
        String name = file.name();
        try {
            byte[] head = file.head(512);
            if (head.length == 0) {
                throw new MedleyException(name + ": an empty file");
            }
            if (startsWith(head, "PK\3\4") || startsWith(head, "PK\5\6")) {
                return TorchZip.open(file);
            }
            if (TorchLegacy.looksLike(head)) {
                return TorchLegacy.open(file);
            }
            if (SafetensorsFile.looksLike(head, file.size())) {
                return SafetensorsFile.open(file);
            }
            if (path != null
                    && new String(head, StandardCharsets.ISO_8859_1)
                            .stripLeading()
                            .startsWith("{")) {
                return ShardedCheckpoint.open(file, path);
            }
            throw new MedleyException(name + ": not a checkpoint (" + describe(head, file.size())
                    + "); give a safetensors file, a torch archive (.pth, .pt, .bin), a *.index.json or a directory"
                    + " that holds one");
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static String describe(byte[] head, long size) {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        String start = text.stripLeading().toLowerCase(Locale.ROOT);
        if (start.startsWith("version https://git-lfs")) {
            return "a Git LFS pointer, the file itself was never fetched";
        } else if (start.startsWith("<!doctype html") || start.startsWith("<html")) {
            return "an HTML page, the download went wrong";
        } else if (startsWith(head, "\u001f\u008b")) {
            return "gzip data, unpack it first";
        } else if (startsWith(head, "\u0089HDF")) {
            return "an HDF5 file";
        } else if (startsWith(head, "\u0093NUMPY")) {
            return "a NumPy array";
        } else if (head.length > 262 && text.startsWith("ustar", 257)) {
            return "a tar archive, unpack it first";
        } else if (startsWith(head, "\u0080")) {
            return "a bare pickle, not one that torch.save writes";
        } else if (start.startsWith("{")) {
            return "JSON where a file of tensors should be";
        }
        byte[] first = Arrays.copyOf(head, Math.min(head.length, 8));
        return size + " bytes that start with " + HexFormat.ofDelimiter(" ").formatHex(first);
    }

    private static boolean startsWith(byte[] head, String prefix) {
        byte[] expected = prefix.getBytes(StandardCharsets.ISO_8859_1);
        return head.length >= expected.length && Arrays.equals(head, 0, expected.length, expected, 0, expected.length);
    }
}
