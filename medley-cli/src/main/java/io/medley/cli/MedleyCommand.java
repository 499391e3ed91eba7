package io.medley.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code medley} alone: shows what there is. */
@Command(
        name = "medley",
        description = "Vision-language on the JVM: captions, matches, answers and explains pictures.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Start here:  medley demo",
            "Example:     medley caption photo.jpg",
            "Each command explains itself: medley caption --help"
        })
final class MedleyCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    MedleyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        CommandLine line = spec.commandLine();
        line.usage(session.console().errWriter());
        session.console().say("medley: give a command, for example: medley demo");
        return Status.USER_ERROR;
    }
}
