package io.medley.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Knows how far it has read, and hands out no more than allowed: a tar header may announce a name of gigabytes, which the library would
 * collect in memory.
 */
final class GuardedInput extends FilterInputStream {
    private final long length;
    private long position;
    private long allowedUpTo = Long.MAX_VALUE;

    /** @param length bytes there are, {@code Long.MAX_VALUE} if unknown; file streams skip past their end without a word */
    GuardedInput(InputStream in, long length) {
        super(in);
        this.length = length;
    }

    long position() {
        return position;
    }

    /** The next {@code bytes} may be read; anything beyond them fails. */
    void allow(long bytes) {
        allowedUpTo = position > Long.MAX_VALUE - bytes ? Long.MAX_VALUE : position + bytes;
    }

    @Override
    public int read() throws IOException {
        room();
        int value = in.read();
        position += value < 0 ? 0 : 1;
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        int read = in.read(bytes, offset, (int) Math.min(count, room()));
        position += Math.max(0, read);
        return read;
    }

    @Override
    public long skip(long count) throws IOException {
        if (count <= 0) {
            return 0;
        }
        long skipped = in.skip(Math.min(Math.min(count, room()), length - position));
        position += skipped;
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private long room() throws IOException {
        if (position >= allowedUpTo) {
            throw new IOException("its headers ask for more than is reasonable");
        }
        return allowedUpTo - position;
    }
}
