package io.medley.data;

import io.medley.checkpoint.AtomicFile;
import io.medley.checkpoint.Quote;
import io.medley.tensor.MedleyException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a tar shard that {@link ShardReader}, WebDataset and img2dataset's readers understand. The bytes depend on what is added only: no
 * dates, no owners. The file appears whole with {@link #commit()}; until then, and after a crash, there is nothing of that name but what
 * was there before.
 */
public final class ShardWriter implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final int MODE = 0644;

    private final Path path;
    private final AtomicFile file;
    private final BufferedOutputStream buffer;
    private final TarArchiveOutputStream tar;
    private final Set<String> keys = new HashSet<>();

    /** @throws IOException if nothing can be written there */
    public ShardWriter(Path path) throws IOException {
        this.path = path;
        this.file = new AtomicFile(path);
        this.buffer = new BufferedOutputStream(file.stream(), BUFFER);
        this.tar = new TarArchiveOutputStream(buffer, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
    }

    /**
     * Adds a sample.
     *
     * @param key its name, as {@link ShardReader} gives it: no dot after the last slash
     * @param image goes into the shard byte for byte
     * @param text written as {@code KEY.txt} if there is one
     * @param metadata written as {@code KEY.json}
     * @throws MedleyException if the key cannot be read back, or was added before
     */
    public void add(String key, EncodedImage image, Optional<String> text, ObjectNode metadata) throws IOException {
        String imageName = key + "." + image.extension();
        MemberName name = MemberName.of(imageName);
        if (name == null
                || name.problem() != null
                || !name.key().equals(key)
                || !EncodedImage.EXTENSIONS.contains(image.extension())) {
            throw new MedleyException(path + ": a sample cannot be named " + Quote.of(imageName)
                    + "; use a plain name without dots, and one of " + EncodedImage.EXTENSIONS);
        }
        if (!keys.add(key)) {
            throw new MedleyException(path + ": two samples are named " + Quote.of(key) + "; keys must be unique");
        }
        entry(imageName, image.bytes());
        if (text.isPresent()) {
            entry(key + ".txt", text.get().getBytes(StandardCharsets.UTF_8));
        }
        entry(key + ".json", DataJson.MAPPER.writeValueAsBytes(metadata));
    }

    /** Samples added so far. */
    public int samples() {
        return keys.size();
    }

    /** Forces the shard to disk and puts it in its place. Without this, {@link #close()} removes what was written. */
    public void commit() throws IOException {
        tar.finish();
        // The library's own flush stops short of the stream it was given.
        buffer.flush();
        file.commit();
    }

    @Override
    public void close() throws IOException {
        // The archive is not closed: that would fail for a shard given up in the middle, and it holds nothing but the
        // file.
        file.close();
    }

    private void entry(String name, byte[] bytes) throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        entry.setMode(MODE);
        // The library fills in the date and who is writing, which would make the same shard differ from run to run.
        entry.setModTime(0);
        entry.setIds(0, 0);
        entry.setNames("", "");
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }
}
