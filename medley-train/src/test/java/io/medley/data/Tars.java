package io.medley.data;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Tar archives as others, and enemies, write them. */
final class Tars {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

    Tars() {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
    }

    Tars file(String name, byte[] content) throws IOException {
        return file(new TarArchiveEntry(name, true), content);
    }

    /** A header of GNU tar that announces a long name for the next member. */
    Tars longName(byte[] name) throws IOException {
        return file(new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME), name);
    }

    private Tars file(TarArchiveEntry entry, byte[] content) throws IOException {
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
        return this;
    }

    Tars file(String name, String content) throws IOException {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Picture, text and metadata. */
    Tars sample(String key) throws IOException {
        return file(key + ".jpg", "picture " + key)
                .file(key + ".txt", "text " + key)
                .file(key + ".json", "{}");
    }

    /** A member without contents of another type: link, directory, device. */
    Tars special(String name, byte type, String target) throws IOException {
        var entry = new TarArchiveEntry(name, type);
        entry.setLinkName(target);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
        return this;
    }

    byte[] bytes() throws IOException {
        tar.close();
        return bytes.toByteArray();
    }

    static List<Row<Sample>> rows(byte[] tar) throws IOException {
        return rows(tar, ShardOptions.DEFAULT);
    }

    static List<Row<Sample>> rows(byte[] tar, ShardOptions options) throws IOException {
        var rows = new ArrayList<Row<Sample>>();
        try (var reader = ShardReader.of("s.tar", new ByteArrayInputStream(tar), tar.length, options)) {
            reader.forEachRemaining(rows::add);
        }
        return rows;
    }

    /** Rows one per line: {@code +key} for a good one, {@code -key: reason} for a broken one. */
    static List<String> lines(List<? extends Row<?>> rows) {
        return rows.stream()
                .map(row -> row instanceof Row.Broken<?> broken
                        ? "-" + broken.key() + ": " + broken.reason()
                        : "+" + row.key())
                .toList();
    }
}
