package io.medley.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code medley demo}. */
@Command(
        name = "demo",
        description = "x",
        footer = {"", "Example:", "  medley demo"})
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private HelpOption help = new HelpOption();

    DemoCommand(Session session) {}

    @Override
    public Integer call() {
        return 0;
    }
}
