package io.medley.cli;

import io.medley.Models;
import io.medley.tensor.Engine;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.Map;

/** Runs the command line and turns whatever happens into one line and an exit status. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        Map<String, String> environment = System.getenv();
        Console console = new Console(
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                Boolean.getBoolean("medley.terminal"));
        // Native libraries and logging print on the standard streams as they like; results must stay alone on stdout.
        System.setOut(System.err);
        System.exit(run(args, console, environment));
    }

    private static int run(String[] args, Console console, Map<String, String> environment) {
        try {
            if (Commands.runModels(args)) {
                // Loading the engine takes a second; meanwhile options and the model's small files are read.
                Engine.preload();
            }
            return Commands.line(new Session(console, Models.registry(), environment), args)
                    .execute(args);
        } catch (RuntimeException | Error e) {
            return Problems.report(e, console, environment);
        }
    }
}
