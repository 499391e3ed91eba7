package io.medley.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Shards in memory; counts how often pictures were looked for. */
record Shards(List<byte[]> tars) implements Dataset.Sharded<Sample> {
    /** Shards of good samples, keys {@code sS-R}. */
    static Shards of(int... sizes) throws IOException {
        var all = new ArrayList<byte[]>();
        for (int s = 0; s < sizes.length; s++) {
            var tar = new Tars();
            for (int r = 0; r < sizes[s]; r++) {
                tar.sample("s" + s + "-" + r);
            }
            all.add(tar.bytes());
        }
        return new Shards(all);
    }

    @Override
    public String name() {
        return "shards";
    }

    @Override
    public int shards() {
        return tars.size();
    }

    @Override
    public String shard(int shard) {
        return "shard " + shard;
    }

    @Override
    public Dataset.Rows<Sample> open(int shard) {
        byte[] tar = tars.get(shard);
        try {
            return ShardReader.of(shard(shard), new ByteArrayInputStream(tar), tar.length, ShardOptions.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
