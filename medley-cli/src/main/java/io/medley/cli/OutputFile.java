package io.medley.cli;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;

/** Files that appear whole or not at all. */
final class OutputFile {

    /** Writes the content. */
    interface Content {
        void to(OutputStream out) throws IOException;
    }

    private OutputFile() {}

    /** Writes under a temporary name in the same directory (made if need be), then renames. Permissions are the usual ones. */
    static void write(Path file, Content content) throws IOException {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
        Files.createDirectories(directory);
        if (Files.isDirectory(file)) {
            throw new MedleyException(file + ": is a directory; give a file name");
        }
        Path temporary = directory.resolve(".medley-" + UUID.randomUUID() + ".tmp");
        try {
            try (OutputStream out = Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW)) {
                content.to(out);
            }
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new MedleyException(file + ": cannot be written (" + OneLine.of(e) + ")", e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Writes bytes; see {@link #write(Path, Content)}. */
    static void write(Path file, byte[] bytes) throws IOException {
        write(file, out -> out.write(bytes));
    }

    /**
     * Fails at once, before long work, when the file could not be written in the end.
     *
     * @throws MedleyException when its directory cannot be made or written to
     */
    static void check(Path file) {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new MedleyException(directory + ": cannot be created (" + Problems.describe(e) + ")", e);
        }
        if (Files.isDirectory(file)) {
            throw new MedleyException(file + ": is a directory; give a file name");
        }
        if (!Files.isWritable(directory)) {
            throw new MedleyException(directory + ": permission denied; choose another place");
        }
    }
}
