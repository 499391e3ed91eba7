package io.medley.cli;

import picocli.CommandLine.Option;

/** {@code --json}. */
final class JsonOption {
    @Option(
            names = "--json",
            description = "Print one JSON object per input on standard output, all else on standard error.")
    boolean json;
}
