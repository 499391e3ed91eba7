package io.medley.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which images a command works on, and how many at once. */
final class ImageOptions {
    @Parameters(paramLabel = "FILE|DIR|GLOB", arity = "1..*", description = "Images, directories of images, or globs.")
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "8",
            description = "Images given to the model at once. Default: 8.")
    int batch = 8;

    InputFiles files() {
        return InputFiles.of(inputs);
    }
}
