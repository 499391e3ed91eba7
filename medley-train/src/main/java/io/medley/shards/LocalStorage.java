package io.medley.shards;

import io.medley.data.Dataset;
import io.medley.data.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Output on a file system of this machine; input from there or by HTTP(S). */
public final class LocalStorage implements ShardStorage {
    /** What the names of workspaces start with. */
    private static final String WORK = ".work-";

    @Override
    public List<String> tars(String pattern) {
        return LocalTars.find(pattern);
    }

    @Override
    public Dataset.Rows<Sample> open(ShardInput input) {
        return ShardInputs.open(input);
    }

    @Override
    public Set<String> names(String folder) throws IOException {
        if (!Files.isDirectory(Path.of(folder))) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Override
    public InputStream read(String folder, String name) throws IOException {
        return Files.newInputStream(Path.of(folder).resolve(name));
    }

    @Override
    public Path fetch(String folder, String name, Path workspace) {
        return Path.of(folder).resolve(name);
    }

    @Override
    public boolean same(String source, String folder, String name) throws IOException {
        if (ShardInputs.isRemote(source)) {
            return false;
        }
        var target = Path.of(folder).resolve(name);
        return Files.exists(Path.of(source)) && Files.exists(target) && Files.isSameFile(Path.of(source), target);
    }

    @Override
    public Journal journal(String folder, String name) throws IOException {
        return FileJournal.open(Files.createDirectories(Path.of(folder)).resolve(name));
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

    @Override
    public void clean(String folder) throws IOException {
        try (Stream<Path> left = Files.list(Path.of(folder))) {
            for (var work : left.filter(path -> path.getFileName().toString().startsWith(WORK))
                    .toList()) {
                delete(work);
            }
        }
    }

    /** Removes a directory of files, a {@link #workspace} for example. */
    public static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
