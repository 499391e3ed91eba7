package io.medley.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every experiment takes, {@code --out} and {@code --help}, and how it is run. */
final class ExperimentOptions {

    /** Does what is not done yet in {@code out}, and gives the tables of all that is. */
    interface Experiment {
        String run(Path out) throws IOException, InterruptedException;
    }

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Where everything goes; made if missing.")
    private Path out = Path.of("");

    @Mixin
    private HelpOption help = new HelpOption();

    /** Runs the experiment and prints its tables. */
    int run(Session session, Experiment experiment) throws IOException, InterruptedException {
        Files.createDirectories(out);
        experiment.run(out).lines().forEach(session.console()::print);
        return Status.OK;
    }
}
