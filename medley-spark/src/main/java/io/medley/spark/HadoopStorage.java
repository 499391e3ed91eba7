package io.medley.spark;

import io.medley.data.Dataset;
import io.medley.data.RemoteFiles;
import io.medley.data.Sample;
import io.medley.data.ShardReader;
import io.medley.shards.Journal;
import io.medley.shards.LocalStorage;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardStorage;
import io.medley.tensor.MedleyException;
import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Shards on whatever file system Hadoop knows, by address: {@code hdfs://}, {@code s3a://}, {@code file:/} and so on. Paths without a scheme and
 * HTTP(S) addresses are {@link LocalStorage}'s.
 *
 * <p>A file is written under a temporary name, synchronised where the file system can, and renamed over the old one in one step where it has such a
 * step; object stores copy instead. Nobody is kept from starting two runs into one folder at once, as no lock is common to these systems.
 */
public final class HadoopStorage implements ShardStorage {
    private static final String WORK = ".work-";
    private static final int BUFFER = 1 << 16;

    private final LocalStorage local = new LocalStorage();
    private final Configuration configuration;

    /** @param configuration where file systems are, and how to sign in to them */
    public HadoopStorage(Configuration configuration) {
        this.configuration = configuration;
    }

    /** With what this process is told by Spark ({@code spark.hadoop.…}), or else by {@code core-site.xml} on the class path. */
    public static HadoopStorage here() {
        var spark = SparkEnv.get();
        return new HadoopStorage(
                spark == null ? new Configuration() : SparkHadoopUtil.get().newConfiguration(spark.conf()));
    }

    /**
     * As {@link #here}, after a look whether there is such a file system.
     *
     * @throws MedleyException if there is none
     * @throws LinkageError if Hadoop is not on the class path
     */
    public static HadoopStorage connect(String address) {
        var storage = new HadoopStorage(new Configuration());
        try {
            // Of a pattern only the scheme and the host count here.
            var uri = new Path(address).toUri();
            FileSystem.get(uri, storage.configuration);
            return storage;
        } catch (IOException | IllegalArgumentException e) {
            throw new MedleyException(address + ": Hadoop knows no such file system (" + firstLine(e) + ")", e);
        }
    }

    @Override
    public List<String> tars(String pattern) {
        if (!ShardInputs.isHadoop(pattern)) {
            return local.tars(pattern);
        }
        try {
            var path = new Path(pattern);
            var files = path.getFileSystem(configuration);
            var found = files.globStatus(path);
            if (found != null && found.length == 1 && found[0].isDirectory()) {
                found = files.listStatus(found[0].getPath());
            }
            var tars = Arrays.stream(found == null ? new FileStatus[0] : found)
                    .filter(FileStatus::isFile)
                    .map(file -> file.getPath().toString())
                    .filter(ShardInputs::isTar)
                    .sorted()
                    .toList();
            if (tars.isEmpty()) {
                throw new MedleyException(
                        pattern + ": no tar files there; give shards such as 'hdfs://HOST/DIR/*.tar'");
            }
            return tars;
        } catch (IOException | IllegalArgumentException e) {
            throw new MedleyException(pattern + ": cannot be searched (" + firstLine(e) + ")", e);
        }
    }

    @Override
    public Dataset.Rows<Sample> open(ShardInput input) {
        if (!ShardInputs.isHadoop(input.source())) {
            return local.open(input);
        }
        try {
            var path = new Path(input.source());
            var files = path.getFileSystem(configuration);
            long length = files.getFileStatus(path).getLen();
            var in = new BufferedInputStream(files.open(path), BUFFER);
            return ShardInputs.at(ShardReader.of(input.source(), in, length, ShardInputs.OPTIONS), input);
        } catch (IOException e) {
            throw new MedleyException(input.source() + ": cannot be opened (" + firstLine(e) + ")", e);
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }

    @Override
    public Set<String> names(String folder) throws IOException {
        if (!ShardInputs.isHadoop(folder)) {
            return local.names(folder);
        }
        try {
            return Arrays.stream(files(folder).listStatus(new Path(folder)))
                    .map(file -> file.getPath().getName())
                    .collect(Collectors.toSet());
        } catch (FileNotFoundException e) {
            return Set.of();
        }
    }

    private FileSystem files(String folder) throws IOException {
        return new Path(folder).getFileSystem(configuration);
    }

    @Override
    public InputStream read(String folder, String name) throws IOException {
        return ShardInputs.isHadoop(folder) ? files(folder).open(new Path(folder, name)) : local.read(folder, name);
    }

    @Override
    public java.nio.file.Path fetch(String folder, String name, java.nio.file.Path workspace) throws IOException {
        return ShardInputs.isHadoop(folder)
                ? ShardStorage.super.fetch(folder, name, workspace)
                : local.fetch(folder, name, workspace);
    }

    @Override
    public boolean same(String source, String folder, String name) throws IOException {
        if (!ShardInputs.isHadoop(source) && !ShardInputs.isHadoop(folder)) {
            return local.same(source, folder, name);
        }
        return qualified(source).equals(new Path(qualified(folder), name));
    }

    private Path qualified(String path) throws IOException {
        if (RemoteFiles.isAddress(path)) {
            return new Path(path);
        }
        var address = ShardInputs.isHadoop(path)
                ? new Path(path)
                : new Path(
                        java.nio.file.Path.of(path).toAbsolutePath().normalize().toUri());
        return address.getFileSystem(configuration).makeQualified(address);
    }

    @Override
    public java.nio.file.Path workspace(String folder) throws IOException {
        return ShardInputs.isHadoop(folder) ? Files.createTempDirectory("medley-work-") : local.workspace(folder);
    }

    @Override
    public void publish(java.nio.file.Path file, String folder, String name) throws IOException {
        if (!ShardInputs.isHadoop(folder)) {
            local.publish(file, folder, name);
            return;
        }
        try (var in = Files.newInputStream(file)) {
            write(folder, name, in::transferTo);
        }
        Files.delete(file);
    }

    private interface Content {
        void writeTo(FSDataOutputStream out) throws IOException;
    }

    private void write(String folder, String name, Content content) throws IOException {
        var files = files(folder);
        files.mkdirs(new Path(folder));
        var work = new Path(folder, WORK + UUID.randomUUID());
        try (var out = files.create(work, true)) {
            content.writeTo(out);
            if (out.hasCapability(StreamCapabilities.HSYNC)) {
                out.hsync();
            }
        }
        // Only this interface renames over a file that is there.
        FileContext.getFileContext(files.makeQualified(work).toUri(), configuration)
                .rename(work, new Path(folder, name), Options.Rename.OVERWRITE);
    }

    @Override
    public Journal journal(String folder, String name) throws IOException {
        if (!ShardInputs.isHadoop(folder)) {
            return local.journal(folder, name);
        }
        var text = "";
        if (names(folder).contains(name)) {
            try (var in = read(folder, name)) {
                text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
        return new RewrittenJournal(
                folder + "/" + name,
                text.lines().toList(),
                lines -> write(folder, name, out -> out.write(lines.getBytes(StandardCharsets.UTF_8))));
    }

    @Override
    public void clean(String folder) throws IOException {
        if (!ShardInputs.isHadoop(folder)) {
            local.clean(folder);
            return;
        }
        for (var name : names(folder)) {
            if (name.startsWith(WORK)) {
                files(folder).delete(new Path(folder, name), false);
            }
        }
    }
}
