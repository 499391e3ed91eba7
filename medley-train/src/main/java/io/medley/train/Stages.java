package io.medley.train;

import io.medley.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/**
 * A long work in parts that follow each other, each in a folder of its own. A part that came to its end leaves {@code stage.json} there and is
 * not done again; one that did not must itself know how to go on.
 */
public final class Stages {
    /** Written last into a stage's folder. */
    static final String DONE = "stage.json";

    private final Path folder;
    private final Reporter reporter;

    /** @param folder where the stages' folders lie */
    public Stages(Path folder, Reporter reporter) {
        this.folder = folder;
        this.reporter = reporter;
    }

    /** The work of a stage. */
    @FunctionalInterface
    public interface Work {
        /** Does it, or the rest of it. */
        void run(Path folder) throws IOException, InterruptedException;
    }

    /** Whether a stage has come to its end. */
    public boolean done(String name) {
        return Files.exists(folder.resolve(name).resolve(DONE));
    }

    /**
     * Does a stage that is not done yet.
     *
     * @param name of its folder
     * @return the folder
     */
    public Path run(String name, Work work) throws IOException, InterruptedException {
        var place = folder.resolve(name);
        if (done(name)) {
            reporter.say(name + ": done before");
            return place;
        }
        reporter.say(name + ": begins");
        long start = System.nanoTime();
        work.run(place);
        double seconds = (System.nanoTime() - start) / 1e9;
        var json = JsonMapper.shared().createObjectNode().put("stage", name).put("seconds", seconds);
        AtomicFile.write(place.resolve(DONE), json + "\n");
        reporter.say(String.format(Locale.ROOT, "%s: done in %.0f s", name, seconds));
        return place;
    }
}
