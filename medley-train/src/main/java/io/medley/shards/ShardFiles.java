package io.medley.shards;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The files of a shard's output, each of which appears whole or not at all, in their order. */
public final class ShardFiles {
    private ShardFiles() {}

    /** Writes the files into an empty directory. */
    public interface Content<R> {
        R write(Path workspace) throws IOException, InterruptedException;
    }

    /**
     * Lets somebody write files, and puts them into their places. If that fails, nothing is left behind in the workspace.
     *
     * @param names of all files, the one that says that all are there last
     */
    public static <R> R write(ShardStorage storage, String folder, List<String> names, Content<R> content)
            throws IOException, InterruptedException {
        var work = storage.workspace(folder);
        try {
            R result = content.write(work);
            for (var name : names) {
                storage.publish(work.resolve(name), folder, name);
            }
            return result;
        } finally {
            LocalStorage.delete(work);
        }
    }
}
