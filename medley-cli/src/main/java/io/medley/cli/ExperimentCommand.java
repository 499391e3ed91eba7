package io.medley.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code medley experiment}: a group of commands. */
@Command(
        name = "experiment",
        description = "Repeat an experiment of docs/results.",
        synopsisSubcommandLabel = "NAME",
        commandListHeading = "%nExperiments:%n",
        footer = {
            "",
            "Example:",
            "  medley experiment finetuning --out runs/finetuning",
            "Each explains itself: medley experiment ablations --help"
        })
final class ExperimentCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private HelpOption help = new HelpOption();

    ExperimentCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(session.console().errWriter());
        session.console()
                .say("medley experiment: give a name, one of "
                        + String.join(", ", spec.commandLine().getSubcommands().keySet()));
        return Status.USER_ERROR;
    }
}
