package io.medley.capfilt;

import io.medley.data.Dataset;
import io.medley.data.Sample;
import java.io.IOException;
import java.nio.file.Path;

/** Where shards come from and go to. A door for file systems that this module does not know; thread-safe. */
public interface ShardStorage {

    /**
     * Opens the rows of an input, at its first.
     *
     * @throws io.medley.tensor.MedleyException if there is nothing to read
     */
    Dataset.Rows<Sample> open(ShardInput input);

    /**
     * A new directory on this machine for the files of one attempt at one shard; whoever asks removes it.
     *
     * @param folder where the output goes
     */
    Path workspace(String folder) throws IOException;

    /**
     * Puts a finished file into its place: whole or not at all, surviving a crash of the machine, replacing a file of that name.
     *
     * @param file in a {@link #workspace} of this folder; gone afterwards
     */
    void publish(Path file, String folder, String name) throws IOException;
}
