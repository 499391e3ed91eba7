package io.medley.data;

import io.medley.checkpoint.Quote;
import io.medley.tensor.MedleyException;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a tar shard in their order, as WebDataset and img2dataset lay them out: members that follow each other and share a key
 * are one sample, {@code KEY.jpg} (or png, webp …) the picture, {@code KEY.txt} its text, {@code KEY.json} its metadata. Other members are
 * passed over. Only one sample is in memory at a time, with twice its members' bytes at most.
 *
 * <p>Whatever is wrong with a sample makes a {@link Row.Broken} of it: no picture or text, two of them, a text that is not UTF-8, a key
 * that was there before, a name that leaves its directory, a link, a member beyond {@link ShardOptions}. An archive that is cut off or
 * damaged gives one last broken row, with the key of the sample it happened in or none. The picture is not decoded.
 */
public final class ShardReader implements Dataset.Rows<Sample> {
    private static final int BUFFER = 1 << 16;

    private final String source;
    private final ShardOptions options;
    private final TarMembers members;
    private final Set<String> keys = new HashSet<>();
    private long row;
    // One header is read ahead: only it tells that a sample is complete.
    private TarMembers.@Nullable Member member;
    private @Nullable MemberName name;
    private @Nullable String failure;

    /**
     * Opens a file.
     *
     * @param file {@code .tar}, or {@code .tar.gz} and {@code .tgz}
     * @throws MedleyException if it cannot be opened
     */
    public static ShardReader open(Path file, ShardOptions options) {
        try {
            InputStream in = new BufferedInputStream(new FileInputStream(file.toFile()), BUFFER);
            return of(file.toString(), in, Files.size(file), options);
        } catch (IOException e) {
            throw new MedleyException(file + ": cannot be opened as a tar shard (" + e + "); check the path", e);
        }
    }

    /**
     * Reads a stream; closing the reader closes it.
     *
     * @param source its file or address, for places and messages; says whether it is compressed
     * @param length bytes it has, {@code Long.MAX_VALUE} if that is not known
     * @throws IOException if it starts as if compressed but is not
     */
    public static ShardReader of(String source, InputStream in, long length, ShardOptions options) throws IOException {
        String lower = source.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".gz") || lower.endsWith(".tgz")) {
            try {
                return new ShardReader(source, new GZIPInputStream(in, BUFFER), Long.MAX_VALUE, options);
            } catch (IOException e) {
                in.close();
                throw e;
            }
        }
        return new ShardReader(source, in, length, options);
    }

    private ShardReader(String source, InputStream in, long length, ShardOptions options) {
        this.source = source;
        this.options = options;
        this.members = new TarMembers(in, length);
        advance();
    }

    @Override
    public boolean hasNext() {
        return name != null || failure != null;
    }

    @Override
    public Row<Sample> next() {
        return read(true);
    }

    @Override
    public long skip(long rows) {
        long skipped = 0;
        for (; skipped < rows && hasNext(); skipped++) {
            read(false);
        }
        return skipped;
    }

    /** @param wanted whether contents matter; without, members are passed over */
    private Row<Sample> read(boolean wanted) {
        var place = new Place(source, row);
        MemberName first = name;
        if (first == null) {
            return last(place, "");
        }
        if (row++ == options.maxSamples()) {
            end("the shard has more than " + options.maxSamples() + " samples; the rest is left");
            return last(place, first.key());
        }
        var parts = new SampleParts(first.key(), options);
        parts.broken(keys.add(first.key()) ? null : "its key was there before in this shard");
        while (name != null && name.key().equals(first.key())) {
            if (!take(parts, wanted)) {
                return last(place, first.key());
            }
            advance();
        }
        // If the archive became unreadable behind these members, that is the next row.
        return parts.row(place);
    }

    /** The row in which the archive became unreadable. */
    private Row<Sample> last(Place place, String key) {
        String reason = failure;
        if (reason == null) {
            throw new NoSuchElementException(source + ": no more rows");
        }
        end(null);
        return new Row.Broken<>(place, key, reason);
    }

    /** Reads the member at hand, or passes over it; false if that failed. */
    private boolean take(SampleParts parts, boolean wanted) {
        TarMembers.Member header = member;
        MemberName at = name;
        try {
            if (header == null || at == null || !parts.wants(at, header) || !wanted) {
                members.passOver();
            } else {
                parts.add(at, members.read());
            }
            return true;
        } catch (IOException e) {
            end(reason(e));
            return false;
        }
    }

    /** Goes to the next member that belongs to a sample. */
    private void advance() {
        try {
            do {
                member = members.next();
                name = member == null ? null : MemberName.of(member.name());
            } while (member != null && name == null);
        } catch (IOException e) {
            end(reason(e));
        }
    }

    /** What broke the archive, on one line: the library may quote its bytes. */
    private static String reason(IOException e) {
        return "the shard cannot be read further: " + Quote.of(e.getMessage() == null ? e.toString() : e.getMessage());
    }

    private void end(@Nullable String reason) {
        member = null;
        name = null;
        failure = reason;
    }

    @Override
    public void close() {
        try {
            members.close();
        } catch (IOException e) {
            throw new UncheckedIOException(source + ": cannot be closed", e);
        }
    }
}
