package io.medley.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A file that appears whole or not at all: written under a temporary name beside its place, forced to disk, then renamed. */
public final class AtomicFile implements AutoCloseable {
    private final Path path;
    private final Path temporary;
    private final FileChannel channel;

    /**
     * Opens the temporary file.
     *
     * @param path where the file will be; its directory is made if missing, a file of that name replaced by {@link #commit()}
     */
    public AtomicFile(Path path) throws IOException {
        this.path = path;
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        this.temporary = path.resolveSibling("." + path.getFileName() + "."
                + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()) + ".tmp");
        this.channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);
    }

    /** Bytes written so far. */
    public long position() throws IOException {
        return channel.position();
    }

    /** Appends the buffer's remaining bytes; its position stays. */
    public void write(ByteBuffer bytes) throws IOException {
        ByteBuffer rest = bytes.duplicate();
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /** Appends bytes. */
    public void write(byte[] bytes) throws IOException {
        write(ByteBuffer.wrap(bytes));
    }

    /** Appends as a stream, unbuffered; flush buffers put around it before {@link #commit()}. */
    public OutputStream stream() {
        return Channels.newOutputStream(channel);
    }

    /** Puts the file in its place. Without this, {@link #close()} removes what was written. */
    public void commit() throws IOException {
        channel.force(true);
        channel.close();
        try {
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
        }
        forceDirectory(path.toAbsolutePath().getParent());
    }

    /** Makes the new name last through a power failure too, where the system lets a directory be opened for that (Linux, macOS). */
    private static void forceDirectory(@Nullable Path directory) throws IOException {
        if (directory == null
                || !directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /** Whether a file name is one of those this class writes under before renaming; what a killed process left of them can go. */
    public static boolean isTemporary(String fileName) {
        return fileName.matches("\\..+\\.\\d+-[0-9a-f]+\\.tmp");
    }

    /** Writes a whole text file, UTF-8. */
    public static void write(Path path, String text) throws IOException {
        try (AtomicFile out = new AtomicFile(path)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.commit();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(temporary);
    }
}
