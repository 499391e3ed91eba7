package io.medley.shards;

import io.medley.tensor.MedleyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A journal in a file of this machine. Lines are forced to disk one by one; while it is open no other process opens it. */
final class FileJournal implements Journal {
    private static final int LARGEST = 1 << 30;

    private final Path file;
    private final FileChannel channel;
    private final List<String> lines;

    private FileJournal(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.lines = read();
    }

    /** @throws MedleyException if another process has it open */
    static FileJournal open(Path file) throws IOException {
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(file, channel);
            return new FileJournal(file, channel);
        } catch (RuntimeException | IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(Path file, FileChannel channel) throws IOException {
        try {
            if (channel.tryLock() == null) {
                throw new MedleyException(
                        file + ": another process is writing here; wait for it, or give another --out");
            }
        } catch (OverlappingFileLockException e) {
            throw new MedleyException(file + ": this process is writing here already; give another --out", e);
        }
    }

    private List<String> read() throws IOException {
        if (channel.size() > LARGEST) {
            throw new MedleyException(file + ": " + channel.size() + " bytes is too large for a manifest");
        }
        var out = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(1 << 16);
        while (channel.read(buffer) >= 0) {
            out.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        var text = out.toString(StandardCharsets.UTF_8);
        var whole = text.substring(0, text.lastIndexOf('\n') + 1);
        long end = whole.getBytes(StandardCharsets.UTF_8).length;
        if (end < channel.size()) {
            channel.truncate(end);
        }
        channel.position(end);
        return whole.lines().toList();
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public List<String> lines() {
        return lines;
    }

    @Override
    public void append(String line) throws IOException {
        var bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
