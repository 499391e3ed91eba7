package io.medley.data;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/** The members of a tar archive from front to back; what is not read of one is passed over. */
final class TarMembers implements Closeable {
    /** Most bytes of headers before a member: room for long names and extended attributes. */
    private static final int MAX_HEADER = 1 << 20;

    /**
     * A header.
     *
     * @param regular whether it is a plain file: neither link nor device nor sparse
     */
    record Member(String name, long size, boolean regular) {}

    private final GuardedInput guard;
    private final TarArchiveInputStream tar;
    private long left;
    private long unread;
    private boolean readAny;

    /** @param length bytes of the archive, {@code Long.MAX_VALUE} if unknown */
    TarMembers(InputStream in, long length) {
        this.guard = new GuardedInput(in, length);
        this.tar = new TarArchiveInputStream(
                guard, TarConstants.DEFAULT_BLKSIZE, TarConstants.DEFAULT_RCDSIZE, StandardCharsets.UTF_8.name());
    }

    /**
     * The next member that is not a directory, null at the end.
     *
     * @throws IOException if the archive is damaged or cut off here
     */
    @Nullable
    Member next() throws IOException {
        while (true) {
            passOver();
            long before = guard.position();
            guard.allow(unread + MAX_HEADER);
            TarArchiveEntry entry = entry();
            if (entry == null) {
                // Whole archives end with records of zeros; the library takes any end for one.
                if (guard.position() - before < unread + TarConstants.DEFAULT_RCDSIZE) {
                    throw new EOFException(
                            readAny ? "the archive is cut off: it has no end mark" : "the archive is empty");
                }
                return null;
            }
            if (!entry.isCheckSumOK()) {
                throw new IOException("damaged: the check sum of a header is wrong, or this is no tar archive");
            }
            readAny = true;
            long size = entry.getSize();
            // Holes of sparse files are the library's business; such members are never read.
            left = entry.isDirectory() || entry.isSparse() ? 0 : size;
            unread = (-size & (TarConstants.DEFAULT_RCDSIZE - 1)) + (entry.isSparse() ? size : 0);
            if (!entry.isDirectory()) {
                return new Member(entry.getName(), size, isPlain(entry));
            }
        }
    }

    /** The whole of the member at hand; its size must have been found bearable. */
    byte[] read() throws IOException {
        guard.allow(left);
        byte[] bytes = tar.readNBytes(Math.toIntExact(left));
        if (bytes.length < left) {
            throw new EOFException("the archive is cut off");
        }
        left = 0;
        return bytes;
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }

    /** Goes behind the member at hand. */
    void passOver() throws IOException {
        guard.allow(left);
        if (left > 0 && tar.skip(left) < left) {
            throw new EOFException("the archive is cut off");
        }
        left = 0;
    }

    /** The library reports broken numbers and names by whatever exception comes first. */
    private @Nullable TarArchiveEntry entry() throws IOException {
        try {
            return tar.getNextEntry();
        } catch (RuntimeException e) {
            throw new IOException("damaged: " + e.getMessage(), e);
        }
    }

    private static boolean isPlain(TarArchiveEntry entry) {
        byte type = entry.getLinkFlag();
        return !entry.isSparse()
                && (type == TarConstants.LF_NORMAL
                        || type == TarConstants.LF_OLDNORM
                        || type == TarConstants.LF_CONTIG);
    }
}
