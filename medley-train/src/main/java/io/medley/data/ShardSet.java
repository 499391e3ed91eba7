package io.medley.data;

import io.medley.tensor.MedleyException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tar shards, local and remote.
 *
 * @param name what the user wrote
 * @param files paths and addresses, at least one
 */
public record ShardSet(String name, List<String> files, ShardOptions options, RemoteFiles remote)
        implements Dataset.Sharded<Sample> {
    private static final int BUFFER = 1 << 16;

    public ShardSet {
        files = List.copyOf(files);
        if (files.isEmpty()) {
            throw new MedleyException(name + ": no shards; name at least one");
        }
    }

    /**
     * Shards of one or more sources joined by {@code ::}. Without ratios, all of them are one data set; with ratios, as in open_clip's
     * {@code 1::2} one for each source, they are a mixture in which each source has its share of the samples, whatever its size.
     *
     * @param sources each a path, a directory, an address, with braces or a glob: {@code data/{00000..00010}.tar}
     * @throws MedleyException if something is not there
     */
    public static Mixture<Sample> mixture(
            String sources, Optional<String> ratios, ShardOptions options, RemoteFiles remote) {
        List<String> parts = SourcePatterns.split(sources);
        if (ratios.isEmpty()) {
            List<String> all = new ArrayList<>();
            parts.forEach(part -> all.addAll(SourcePatterns.expand(part)));
            return Mixture.of(new ShardSet(sources, all, options, remote));
        }
        String[] shares = ratios.get().split("::", -1);
        if (shares.length != parts.size()) {
            throw new MedleyException("ratios '" + ratios.get() + "': " + shares.length + " for " + parts.size()
                    + " sources; give one each");
        }
        List<Mixture.Part<Sample>> mixed = new ArrayList<>();
        for (int i = 0; i < shares.length; i++) {
            String part = parts.get(i);
            mixed.add(new Mixture.Part<>(
                    new ShardSet(part, SourcePatterns.expand(part), options, remote), share(shares[i])));
        }
        return new Mixture<>(mixed);
    }

    private static double share(String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw new MedleyException("ratio '" + text + "': not a number; write them as 1::2.5", e);
        }
    }

    @Override
    public int shards() {
        return files.size();
    }

    @Override
    public String shard(int shard) {
        return files.get(shard);
    }

    @Override
    public Dataset.Rows<Sample> open(int shard) {
        String file = files.get(shard);
        if (!RemoteFiles.isAddress(file)) {
            return ShardReader.open(Path.of(file), options);
        }
        try {
            ResumingStream in = remote.open(file);
            return ShardReader.of(file, new BufferedInputStream(in, BUFFER), in.length(), options);
        } catch (IOException e) {
            throw new MedleyException(file + ": cannot be fetched (" + e.getMessage() + "); check the address", e);
        }
    }
}
