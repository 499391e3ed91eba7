package io.medley.shards;

import io.medley.data.Dataset;
import io.medley.data.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;

/** Where shards come from and go to. A door for file systems that this module does not know; thread-safe. */
public interface ShardStorage {

    /**
     * The tar files a pattern stands for, in order.
     *
     * @param pattern a file, a directory or a glob, without ranges in braces
     * @throws io.medley.tensor.MedleyException if it stands for nothing
     */
    List<String> tars(String pattern);

    /**
     * Opens the rows of an input, at its first.
     *
     * @throws io.medley.tensor.MedleyException if there is nothing to read
     */
    Dataset.Rows<Sample> open(ShardInput input);

    /** Names of the files in a folder; none if there is no such folder. */
    Set<String> names(String folder) throws IOException;

    /** Opens a file. */
    InputStream read(String folder, String name) throws IOException;

    /**
     * Makes a file readable on this machine.
     *
     * @param workspace where a copy may go
     */
    default Path fetch(String folder, String name, Path workspace) throws IOException {
        try (var in = read(folder, name)) {
            var copy = workspace.resolve(name);
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            return copy;
        }
    }

    /** Whether a source is the file of this name in this folder. */
    boolean same(String source, String folder, String name) throws IOException;

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

    /**
     * Opens a journal of a folder, or starts one; makes the folder if it is missing.
     *
     * @throws io.medley.tensor.MedleyException if somebody else is known to write it
     */
    Journal journal(String folder, String name) throws IOException;

    /** Removes what killed attempts left behind; only while nobody works on this folder. */
    void clean(String folder) throws IOException;
}
