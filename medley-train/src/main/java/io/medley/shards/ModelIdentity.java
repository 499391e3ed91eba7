package io.medley.shards;

import io.medley.model.ModelFiles;
import io.medley.tensor.MedleyException;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which model: the name it is loaded by, and what its files hold, so that another model under the same name is noticed.
 *
 * @param name as the user gave it
 * @param sha256 first 16 hexadecimal digits of a hash over names and contents of its files
 */
public record ModelIdentity(String name, String sha256) implements Serializable {
    private static final List<String> ENDINGS = List.of(".safetensors", ".bin", ".pth", ".pt", ".json", ".txt");
    private static final int BUFFER = 1 << 20;

    /** Reads all files of a model that can change what it says: weights, configurations, vocabularies; not what its training left beside. */
    public static ModelIdentity of(String name, ModelFiles files) {
        var digest = Hashes.sha256();
        try {
            for (var file : parts(files.path())) {
                digest.update((file.getFileName() + "\n").getBytes(StandardCharsets.UTF_8));
                update(digest, file);
            }
        } catch (IOException e) {
            throw new MedleyException(files.path() + ": cannot be read (" + e.getMessage() + ")", e);
        }
        return new ModelIdentity(name, Hashes.hex(digest));
    }

    /**
     * Checks that a model found under this name is this one.
     *
     * @throws MedleyException if it is not
     */
    public void require(@Nullable ModelIdentity found) {
        if (!equals(found)) {
            throw new MedleyException(name + ": the model here (" + found + ") is not the one this run began with ("
                    + this + "); put the same files everywhere");
        }
    }

    private static List<Path> parts(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> all = Files.list(path)) {
            return all.filter(file ->
                            !RunDirectory.isBookKeeping(file.getFileName().toString()))
                    .filter(file -> ENDINGS.stream()
                            .anyMatch(file.getFileName().toString().toLowerCase(Locale.ROOT)::endsWith))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    private static void update(MessageDigest digest, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            var buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
    }
}
