package io.medley.capfilt;

import io.medley.data.Dataset;
import io.medley.data.Sample;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** Output on a file system of this machine; input from there or by HTTP(S). */
public final class LocalStorage implements ShardStorage {
    /** What the names of workspaces start with. */
    private static final String WORK = ".work-";

    @Override
    public Dataset.Rows<Sample> open(ShardInput input) {
        return ShardInputs.open(input);
    }

    @Override
    public Path workspace(String folder) throws IOException {
        // Beside the final place: only within one file system is a rename atomic.
        return Files.createTempDirectory(Files.createDirectories(Path.of(folder)), WORK);
    }

    @Override
    public void publish(Path file, String folder, String name) throws IOException {
        Path directory = Path.of(folder);
        force(file, StandardOpenOption.WRITE);
        Files.move(file, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try {
            force(directory, StandardOpenOption.READ);
        } catch (IOException e) {
            // Windows has no handle on directories; there the rename is on disk when it returns.
            if (Path.of("/").getFileSystem().supportedFileAttributeViews().contains("posix")) {
                throw e;
            }
        }
    }

    private static void force(Path path, StandardOpenOption mode) throws IOException {
        try (var channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }

    /** Removes what killed attempts left behind; only while nobody works on this folder. */
    static void clean(Path folder) throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            for (var work : left.filter(path -> path.getFileName().toString().startsWith(WORK))
                    .toList()) {
                delete(work);
            }
        }
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
