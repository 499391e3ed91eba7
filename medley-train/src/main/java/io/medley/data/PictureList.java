package io.medley.data;

import io.medley.checkpoint.Quote;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pictures that lie about as files, read from front to back as if they were a shard: a folder with all below it, {@code x.txt} beside
 * {@code x.jpg} being its one text, or a list of pictures: JSON lines, a table, Parquet as img2dataset and LAION write it. Texts may be missing.
 * Lists name pictures beside themselves, anywhere by absolute paths, or on HTTP(S) servers.
 *
 * <p>A sample's key is its number, since file names need not make keys; the name goes into the metadata as {@code "file"}. Of a list one row is
 * in memory at a time, of a folder the names.
 */
public final class PictureList implements Dataset.Rows<Sample> {
    private final Path source;
    private final Entries entries;
    private final RemoteFiles remote;

    private PictureList(Path source, Entries entries, RemoteFiles remote) {
        this.source = source;
        this.entries = entries;
        this.remote = remote;
    }

    /** Whether a path is read like this: a directory, {@code .jsonl}, {@code .csv}, {@code .tsv} or {@code .parquet}. */
    public static boolean isOne(Path path) {
        return Files.isDirectory(path)
                || path.toString().toLowerCase(Locale.ROOT).matches(".*\\.(jsonl|csv|tsv|parquet)");
    }

    /**
     * Opens it at its first row.
     *
     * @throws MedleyException if it cannot be read
     */
    public static PictureList open(Path source, RemoteFiles remote) {
        return new PictureList(source, entries(source), remote);
    }

    private static Entries entries(Path source) {
        var name = source.toString().toLowerCase(Locale.ROOT);
        if (Files.isDirectory(source)) {
            return Entries.tree(source);
        }
        if (name.endsWith(".jsonl")) {
            return Entries.lines(source);
        }
        return name.endsWith(".parquet") ? Entries.parquet(source) : Entries.table(source);
    }

    /**
     * Number of rows, broken ones included. Reads all of a list but a Parquet file, which knows.
     *
     * @throws MedleyException if it cannot be read
     */
    public static long size(Path source) {
        if (source.toString().toLowerCase(Locale.ROOT).endsWith(".parquet") && !Files.isDirectory(source)) {
            try (var file = ParquetFileReader.open(new LocalInputFile(source))) {
                return file.getRecordCount();
            } catch (IOException | RuntimeException e) {
                throw Entries.notParquet(source, e);
            }
        }
        try (var entries = entries(source)) {
            while (entries.hasNext()) {
                entries.pass();
            }
            return entries.count();
        }
    }

    @Override
    public boolean hasNext() {
        return entries.hasNext();
    }

    @Override
    public long skip(long rows) {
        long first = entries.count();
        while (entries.count() - first < rows && entries.hasNext()) {
            entries.pass();
        }
        return entries.count() - first;
    }

    @Override
    public Row<Sample> next() {
        var place = new Place(source.toString(), entries.count());
        var key = String.format(Locale.ROOT, "%09d", entries.count());
        var entry = entries.next().textOptional();
        if (!entry.problem().isEmpty()) {
            return new Row.Broken<>(place, key, entry.problem());
        }
        try {
            ObjectNode metadata = entry.metadata().put("file", entry.image());
            var folder =
                    Files.isDirectory(source) ? source : source.toAbsolutePath().resolveSibling("");
            var image = image(folder, entry.image(), remote);
            return new Row.Good<>(place, key, new Sample(key, image, entry.texts(), metadata));
        } catch (IOException | MedleyException e) {
            var reason = e instanceof MedleyException ? e.getMessage() : e.toString();
            return new Row.Broken<>(place, key, String.valueOf(reason));
        }
    }

    /** A picture that a list in {@code folder} names: beside it, anywhere by an absolute path, or on a server. */
    static EncodedImage image(Path folder, String name, RemoteFiles remote) throws IOException {
        if (RemoteFiles.isAddress(name)) {
            return ImageStore.at("", remote).read(name);
        }
        if (!isPicture(name)) {
            throw new MedleyException("picture " + Quote.of(name) + " is none by its name; known are "
                    + String.join(", ", EncodedImage.EXTENSIONS));
        }
        Path file;
        try {
            file = folder.resolve(name).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new MedleyException("picture " + Quote.of(name) + " is no file name", e);
        }
        return ImageStore.at(String.valueOf(file.getRoot()), remote).read(file.toString());
    }

    /** Whether a file's name ends like a picture's; hidden files are none. */
    static boolean isPicture(String name) {
        return !name.substring(name.lastIndexOf('/') + 1).startsWith(".")
                && EncodedImage.EXTENSIONS.contains(
                        name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    @Override
    public void close() {
        entries.close();
    }
}
