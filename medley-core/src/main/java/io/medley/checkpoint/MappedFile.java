package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file whose parts are mapped into memory, read-only, when asked for. A file below 2 GiB is mapped once; of a larger one, each part by
 * itself, since a {@link ByteBuffer} holds no more. Buffers stay valid after {@link #close()}; the mapping goes when the last of them is
 * collected. A file that another program shortens while it is mapped ends in an error of the virtual machine, as with any mapping.
 */
final class MappedFile implements AutoCloseable {
    private final String name;
    private final @Nullable FileChannel channel;
    private final long size;
    private final ByteBuffer whole;

    private MappedFile(String name, @Nullable FileChannel channel, long size, ByteBuffer whole) {
        this.name = name;
        this.channel = channel;
        this.size = size;
        this.whole = whole;
    }

    static MappedFile open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new MedleyException(path + (Files.exists(path) ? ": not a regular file" : ": no such file"));
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            long size = channel.size();
            ByteBuffer whole = size <= Integer.MAX_VALUE
                    ? channel.map(FileChannel.MapMode.READ_ONLY, 0, size)
                    : ByteBuffer.allocate(0);
            return new MappedFile(path.toString(), channel, size, whole);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** A file that is in memory already. */
    static MappedFile of(String name, ByteBuffer bytes) {
        ByteBuffer whole = bytes.slice().asReadOnlyBuffer();
        return new MappedFile(name, null, whole.capacity(), whole);
    }

    /** The path, or what else it is called. */
    String name() {
        return name;
    }

    long size() {
        return size;
    }

    /** A little-endian view of {@code length} bytes from {@code offset}; these must lie inside the file and below 2 GiB in length. */
    ByteBuffer map(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new MedleyException(name + ": " + length + " bytes at offset " + offset + " lie outside the file of "
                    + size + " bytes; it is truncated or damaged, fetch it again");
        }
        if (length > Integer.MAX_VALUE) {
            throw new MedleyException(
                    name + ": one block of " + length + " bytes; blocks of 2 GiB and more are not supported");
        }
        if (channel != null && !channel.isOpen()) {
            throw new MedleyException(name + ": this checkpoint has been closed");
        }
        if (channel == null || size <= Integer.MAX_VALUE) {
            return Strided.slice(whole, (int) offset, (int) length);
        }
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, offset, length).order(ByteOrder.LITTLE_ENDIAN);
        } catch (ClosedChannelException e) {
            throw new MedleyException(name + ": this checkpoint has been closed", e);
        } catch (IOException e) {
            throw new MedleyException(name + ": cannot be mapped into memory (" + e.getMessage() + ")", e);
        }
    }

    /** The first bytes, at most {@code most}. */
    byte[] head(int most) {
        byte[] bytes = new byte[(int) Math.min(most, size)];
        map(0, bytes.length).get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new MedleyException(name + ": cannot be closed (" + e.getMessage() + ")", e);
        }
    }
}
