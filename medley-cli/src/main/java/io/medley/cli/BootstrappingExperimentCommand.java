package io.medley.cli;

import io.medley.Medley;
import io.medley.bootstrap.Arm;
import io.medley.bootstrap.BootstrapExperiment;
import io.medley.tensor.Engine;
import io.medley.train.Reporter;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medley experiment bootstrapping}. */
@Command(
        name = "bootstrapping",
        description = {
            "What CapFilt is worth on the small world.",
            "",
            "Models pre-trained from one start with one budget: on noisy pairs as they are (raw), with synthetic captions",
            "added (captions), with what the filter drops left out (filter), both, both with a filter that knows the truth",
            "(oracle), with one model for both parts (shared), with captions of a beam search (beam). Prints the tables of",
            "all that is in --out. The same command continues after an interruption; processes with different --seeds can",
            "share --out once world/ is done."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley experiment bootstrapping --out runs/bootstrapping --threads 1",
            "  medley experiment bootstrapping --out runs/bootstrapping --threads 1 --seeds 2 --arms raw,both,oracle"
        })
final class BootstrappingExperimentCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description = {
                "A BLIP of the small world. All models begin with its image encoder, which stays as it is, and with its text",
                "transformer but for what looks at pictures. Default: scenes."
            })
    private String from = Medley.DEFAULT_MODEL;

    @Option(names = "--seeds", paramLabel = "S", split = ",", description = "One circle each. Default: 1,2,3.")
    private List<Long> seeds = List.of(1L, 2L, 3L);

    @Option(
            names = "--arms",
            paramLabel = "ARM",
            split = ",",
            description = "Some of raw, captions, filter, both, oracle, shared, beam. Default: all.")
    private List<Arm> arms = List.of(Arm.values());

    @Option(names = "--steps", paramLabel = "N", description = "Steps of each pre-training. Default: 200.")
    private long steps = 200;

    @Option(names = "--tune-steps", paramLabel = "N", description = "Steps of captioner and filter. Default: 100.")
    private long tuneSteps = 100;

    @Option(
            names = "--question-steps",
            paramLabel = "N",
            description = "Steps of question answering, with which every arm ends; 0: ask no questions. Default: 100.")
    private long questionSteps = 100;

    @Option(names = "--batch", paramLabel = "N", description = "Pairs of a step. Default: 16.")
    private int batch = 16;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            description = "Peak of the learning rate of pre-trainings; tunings take half. Default: 1e-3.")
    private double rate = 1e-3;

    @Option(names = "--web", paramLabel = "N", description = "Noisy pictures. Default: 1500.")
    private int web = 1500;

    @Option(names = "--clean", paramLabel = "N", description = "Clean pictures. Default: 500.")
    private int clean = 500;

    @Option(
            names = "--clean-share",
            paramLabel = "R",
            description = "Share of the pairs of a pre-training that are clean ones. Default: 0.15.")
    private double cleanShare = 0.15;

    @Option(names = "--test", paramLabel = "N", description = "Pictures of the test split to measure on. Default: 150.")
    private int test = 150;

    @Option(names = "--threads", paramLabel = "N", description = "Threads; 1 for results that repeat to the bit.")
    private int threads;

    @Mixin
    private ExperimentOptions common = new ExperimentOptions();

    BootstrappingExperimentCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (threads > 0) {
            Engine.setThreads(threads);
        }
        var options = new BootstrapExperiment.Options(
                from, steps, tuneSteps, questionSteps, batch, rate, web, clean, cleanShare, test);
        return common.run(session, out -> new BootstrapExperiment(
                        session.registry(), options, out, Reporter.lines(session.console()::say))
                .run(seeds, arms));
    }
}
