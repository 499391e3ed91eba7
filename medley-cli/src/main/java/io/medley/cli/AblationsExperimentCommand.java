package io.medley.cli;

import io.medley.recipe.AblationExperiment;
import io.medley.recipe.AblationExperiment.Question;
import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medley experiment ablations}. */
@Command(
        name = "ablations",
        description = {
            "BLIP's ablations on the small world.",
            "",
            "What text encoder and decoder share, hard against random negatives, and momentum distillation when labels are",
            "noisy; several seeds, all from one start of the image encoder. Prints the tables; what is finished in --out is",
            "taken from there, so the same command continues after an interruption."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley experiment ablations --out runs/ablations",
            "  medley experiment ablations --out runs/wider --set model.width=128 --set schedule.peak=5e-4 --seeds 1"
        })
final class AblationsExperimentCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--only",
            paramLabel = "QUESTION",
            description = "Answer only this: sharing, negatives or distillation; may be given several times.")
    private Set<Question> questions = new LinkedHashSet<>();

    @Option(
            names = "--start-steps",
            paramLabel = "N",
            description = "Steps of the image encoder's start. Default: 1000.")
    private int startSteps = 1000;

    @Option(names = "--steps", paramLabel = "N", description = "Steps of each pre-training. Default: 700.")
    private long steps = 700;

    @Option(names = "--seeds", paramLabel = "N", description = "Every arm with seeds 1 to N. Default: 3.")
    private int seeds = 3;

    @Option(names = "--test", paramLabel = "N", description = "Pictures to measure on. Default: 200.")
    private int test = 200;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Change a setting that all arms have, as for 'medley train scenes-tiny'; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Mixin
    private ExperimentOptions common = new ExperimentOptions();

    AblationsExperimentCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var asked = questions.isEmpty() ? EnumSet.allOf(Question.class) : questions;
        var options = new AblationExperiment.Options(asked, startSteps, steps, seeds, test, settings);
        return common.run(session, out -> new AblationExperiment(
                        session.registry(), options, out, new TrainingProgress(session.console()))
                .run());
    }
}
