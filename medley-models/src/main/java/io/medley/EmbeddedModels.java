package io.medley;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Models that travel inside the library as class-path resources. */
final class EmbeddedModels {
    private static final String ROOT = "/io/medley/embedded/";

    /** System property: where the models lie unpacked already, as they do beside a jar that was built here. */
    private static final String UNPACKED = "medley.embedded";

    private EmbeddedModels() {}

    /** Whether this build carries the model. */
    static boolean has(String name) {
        String unpacked = System.getProperty(UNPACKED, "");
        return !unpacked.isEmpty() && Files.isDirectory(Path.of(unpacked, name))
                || EmbeddedModels.class.getResource(ROOT + name) != null;
    }

    /**
     * A directory with the model's files: one that lies unpacked ({@code medley.embedded}, or a class path of directories), else a copy in a
     * temporary directory (weights are memory-mapped, and a jar's entries cannot be), removed when the program ends.
     */
    static Path directory(String name) throws IOException {
        String unpacked = System.getProperty(UNPACKED, "");
        if (!unpacked.isEmpty() && Files.isDirectory(Path.of(unpacked, name))) {
            return Path.of(unpacked, name);
        }
        URL url = EmbeddedModels.class.getResource(ROOT + name);
        if (url == null) {
            throw new MedleyException(
                    name + ": this build does not carry the embedded model; give --model a directory, or pull one");
        }
        URI uri = uri(url);
        if (uri.getScheme().equals("file")) {
            return Path.of(uri);
        }
        try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
            return copy(jar.getPath(ROOT + name), Files.createTempDirectory("medley-" + name + "-"));
        }
    }

    private static Path copy(Path source, Path target) throws IOException {
        target.toFile().deleteOnExit();
        List<Path> entries;
        try (Stream<Path> walk = Files.walk(source)) {
            entries = walk.filter(entry -> !entry.equals(source)).toList();
        }
        for (Path entry : entries) {
            Path to = target.resolve(source.relativize(entry).toString());
            if (Files.isDirectory(entry)) {
                Files.createDirectories(to);
            } else {
                Files.copy(entry, to);
            }
            to.toFile().deleteOnExit();
        }
        return target;
    }

    private static URI uri(URL url) throws IOException {
        try {
            return url.toURI();
        } catch (URISyntaxException e) {
            throw new IOException(url + ": not a usable address of a resource", e);
        }
    }
}
