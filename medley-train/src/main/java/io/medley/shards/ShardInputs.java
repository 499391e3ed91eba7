package io.medley.shards;

import io.medley.data.Dataset;
import io.medley.data.PictureList;
import io.medley.data.RemoteFiles;
import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.data.ShardOptions;
import io.medley.data.ShardReader;
import io.medley.data.SourcePatterns;
import io.medley.image.ImageLimits;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the inputs that a user names, and opens them. */
public final class ShardInputs {
    /** Pictures of at most 40 megapixels, 120 MB decoded: several are decoded at once, and nobody captions posters. */
    public static final ImageLimits PICTURES = new ImageLimits(40_000_000, 64L << 20);

    /** What shards may hold: texts may be missing. */
    public static final ShardOptions OPTIONS = ShardOptions.DEFAULT.textOptional();
    // A dead link among a list's pictures must not hold up the others for long.
    private static final RemoteFiles REMOTE = new RemoteFiles(Duration.ofSeconds(30), 3, Duration.ofSeconds(1));
    private static final long SLICE = 1000;
    private static final List<String> ENDINGS = List.of(".tar", ".tar.gz", ".tgz");

    private ShardInputs() {}

    /** The shards that patterns stand for; what has no shards is cut into slices of 1,000 rows. */
    public static List<ShardInput> find(List<String> patterns) {
        return find(patterns, SLICE, new LocalStorage());
    }

    /**
     * The shards that patterns stand for, in their order.
     *
     * @param patterns tar files, directories that hold some, globs ({@code 'DIR/*.tar'}, {@code 'DIR/**.tar'}), HTTP(S) addresses of tar
     *     files; ranges in braces as WebDataset writes them ({@code {00000..00099}.tar}) are filled in. Besides, directories of
     *     pictures and JSONL files that list some, which are cut into slices
     * @param slice rows of a slice
     * @throws MedleyException if one stands for nothing, or two shards would be called the same
     */
    public static List<ShardInput> find(List<String> patterns, long slice, ShardStorage storage) {
        var inputs = new ArrayList<ShardInput>();
        Map<String, String> names = new HashMap<>();
        for (var pattern : patterns) {
            for (var input : found(pattern, slice, storage)) {
                var other = names.put(input.name(), input.source());
                if (other != null) {
                    throw new MedleyException(input.source() + " and " + other + " would both become " + input.name()
                            + ".tar; do them in two runs with an --out each");
                }
                inputs.add(input);
            }
        }
        return inputs;
    }

    private static List<ShardInput> found(String pattern, long slice, ShardStorage storage) {
        if (!isRemote(pattern) && isList(Path.of(pattern))) {
            return slices(pattern, slice);
        }
        return sources(pattern, storage).stream()
                .map(source -> new ShardInput(name(source), source, 0, ShardInput.ALL))
                .toList();
    }

    /** Whether there are pictures and no shards. */
    private static boolean isList(Path path) {
        try {
            return PictureList.isOne(path)
                    && !(Files.isDirectory(path) && !LocalTars.tars(path, "*").isEmpty());
        } catch (IOException e) {
            throw new MedleyException(path + ": cannot be searched (" + e.getMessage() + ")", e);
        }
    }

    private static List<ShardInput> slices(String source, long slice) {
        long rows = PictureList.size(Path.of(source));
        if (rows == 0) {
            throw new MedleyException(
                    source + ": neither tar files nor pictures there; give shards such as 'DIR/*.tar'");
        }
        var slices = new ArrayList<ShardInput>();
        for (long first = 0; first < rows; first += slice) {
            slices.add(new ShardInput(
                    String.format(Locale.ROOT, "%05d", slices.size()), source, first, Math.min(slice, rows - first)));
        }
        return slices;
    }

    /** Whether this is an address of a file system of Hadoop's: any that is not HTTP(S). */
    public static boolean isHadoop(String source) {
        return isRemote(source) && !RemoteFiles.isAddress(source);
    }

    private static List<String> sources(String pattern, ShardStorage storage) {
        var sources = new ArrayList<String>();
        for (var one : SourcePatterns.ranges(pattern)) {
            sources.addAll(RemoteFiles.isAddress(one) ? List.of(one) : storage.tars(one));
        }
        return sources;
    }

    /** Whether this is an address, {@code s3a://…} or {@code file:/…} for example, and not a path here. */
    public static boolean isRemote(String source) {
        return source.matches("[A-Za-z][A-Za-z0-9+.-]+:/.*");
    }

    /** Whether a file is a shard by its name. */
    public static boolean isTar(String source) {
        var lower = source.toLowerCase(Locale.ROOT);
        return ENDINGS.stream().anyMatch(lower::endsWith);
    }

    static String requireTar(String source) {
        if (!isTar(source)) {
            throw new MedleyException(
                    source + ": is not called .tar, .tar.gz or .tgz; give shards such as 'DIR/*.tar'");
        }
        return source;
    }

    private static String name(String source) {
        var path = isRemote(source) ? URI.create(source).getPath() : source;
        var file = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        requireTar(file);
        return file.replaceFirst("(?i)\\.(tar|tar\\.gz|tgz)$", "");
    }

    /**
     * Opens an input.
     *
     * @throws MedleyException if there is nothing to read
     */
    public static Dataset.Rows<Sample> open(ShardInput input) {
        return at(rows(input.source()), input);
    }

    /**
     * Rows of an input's source, from the input's first on.
     *
     * @throws MedleyException if there are not so many; they are closed then
     */
    public static Dataset.Rows<Sample> at(Dataset.Rows<Sample> rows, ShardInput input) {
        long skipped = rows.skip(input.first());
        if (skipped < input.first()) {
            rows.close();
            throw new MedleyException(
                    input.source() + ": has " + skipped + " rows, but row " + input.first() + " is wanted");
        }
        return rows;
    }

    private static Dataset.Rows<Sample> rows(String source) {
        if (isRemote(source)) {
            return download(source);
        }
        var path = Path.of(source);
        return PictureList.isOne(path) ? PictureList.open(path, REMOTE) : ShardReader.open(path, OPTIONS);
    }

    /** Fetches a shard whole before it is read: a connection that breaks is then a failed attempt and not a shard that ends early. */
    private static Dataset.Rows<Sample> download(String address) {
        if (isHadoop(address)) {
            throw new MedleyException(
                    address + ": only files and HTTP(S) are read here; Hadoop's file systems need Hadoop,"
                            + " which comes with Spark: use the launcher ./medley, or spark-submit");
        }
        Path file = null;
        try {
            file = Files.createTempFile("medley-shard-", isCompressed(address) ? ".tar.gz" : ".tar");
            REMOTE.download(address, file);
            return new Fetched(ShardReader.open(file, OPTIONS), file);
        } catch (IOException e) {
            discard(file);
            throw new MedleyException(address + ": cannot be fetched (" + e.getMessage() + "); check the address", e);
        } catch (RuntimeException e) {
            discard(file);
            throw e;
        }
    }

    private static boolean isCompressed(String address) {
        return URI.create(address).getPath().toLowerCase(Locale.ROOT).endsWith("gz");
    }

    private static void discard(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be removed", e);
        }
    }

    /** Rows of a file that goes when they are closed. */
    private record Fetched(Dataset.Rows<Sample> rows, Path file) implements Dataset.Rows<Sample> {
        @Override
        public long skip(long count) {
            return rows.skip(count);
        }

        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public Row<Sample> next() {
            return rows.next();
        }

        @Override
        public void close() {
            rows.close();
            discard(file);
        }
    }
}
