package io.medley.cli;

import io.medley.tensor.MedleyException;
import io.medley.train.StoppedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What users read when something goes wrong: one line; the stack trace only with MEDLEY_DEBUG=1. */
final class Problems {
    private static final String DEBUG = "MEDLEY_DEBUG";

    private Problems() {}

    /** Wrong arguments. */
    static int report(ParameterException problem, Console console) {
        CommandLine command = problem.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String hint = "";
        if (problem instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                hint = " (did you mean " + String.join(" or ", suggestions.subList(0, Math.min(3, suggestions.size())))
                        + "?)";
            }
        }
        console.say(name + ": " + problem.getMessage() + hint + "; see " + name + " --help");
        return Status.USER_ERROR;
    }

    /** Anything a command throws. */
    static int report(Throwable problem, Console console, Map<String, String> environment) {
        if (problem instanceof StoppedException) {
            return Status.OK; // a training that was asked to end; it has said so itself
        }
        if ("1".equals(environment.get(DEBUG))) {
            problem.printStackTrace(console.errWriter());
            console.errWriter().flush();
        }
        if (problem instanceof MedleyException) {
            console.say("medley: " + OneLine.of(problem));
            return Status.USER_ERROR;
        }
        if (problem instanceof IOException || problem instanceof UncheckedIOException) {
            console.say("medley: " + describe(problem));
            return Status.USER_ERROR;
        }
        if (problem instanceof OutOfMemoryError) {
            console.say("medley: not enough memory (" + OneLine.of(problem)
                    + "); give a smaller --batch, or a larger heap, for example MEDLEY_XMX=8g");
            return Status.USER_ERROR;
        }
        console.say("medley: internal error: " + problem.getClass().getSimpleName() + ": " + OneLine.of(problem)
                + "; set " + DEBUG + "=1 to see where, and please report it");
        return Status.DEFECT;
    }

    /** One line for an exception of the file system, whose own messages are often only a path. */
    static String describe(Throwable problem) {
        Throwable cause =
                problem instanceof UncheckedIOException && problem.getCause() != null ? problem.getCause() : problem;
        if (cause instanceof java.nio.file.NoSuchFileException missing) {
            return missing.getFile() + ": no such file or directory";
        }
        if (cause instanceof java.nio.file.AccessDeniedException denied) {
            return denied.getFile() + ": permission denied";
        }
        if (cause instanceof java.nio.file.FileAlreadyExistsException existing) {
            return existing.getFile() + ": exists already and is not a directory";
        }
        return OneLine.of(problem);
    }
}
