package io.medley.cli;

import io.medley.Medley;
import io.medley.evaluate.Task;
import io.medley.recipe.FinetuneExperiment;
import io.medley.tensor.Engine;
import io.medley.train.Reporter;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medley experiment finetuning}. */
@Command(
        name = "finetuning",
        description = {
            "What pre-training is worth on the small world.",
            "",
            "Captions, retrieval, questions and pairs of pictures, tuned with one budget from a pre-trained model and from",
            "random weights, against answering at random and always alike. Prints the table; tunings that are finished in",
            "--out are measured only."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley experiment finetuning --out runs/finetuning",
            "  medley experiment finetuning --out runs/quick --steps 20 --pictures 200 --test 40"
        })
final class FinetuningExperimentCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description = "A BLIP pre-trained on the small world. Default: scenes.")
    private String from = Medley.DEFAULT_MODEL;

    @Option(names = "--tasks", paramLabel = "A,B,C", description = "Only these of caption, retrieval, vqa and nlvr2.")
    private String tasks = "";

    @Option(names = "--steps", paramLabel = "N", description = "Steps of each tuning. Default: 300.")
    private long steps = 300;

    @Option(names = "--batch", paramLabel = "N", description = "Examples of a step. Default: 32.")
    private int batch = 32;

    @Option(names = "--lr", paramLabel = "RATE", description = "Peak of the learning rate. Default: 3e-4.")
    private double rate = 3e-4;

    @Option(names = "--pictures", paramLabel = "N", description = "Pictures to learn from. Default: 2000.")
    private int pictures = 2000;

    @Option(names = "--test", paramLabel = "N", description = "Pictures of each split to measure on. Default: 200.")
    private int test = 200;

    @Option(names = "--seed", paramLabel = "S", description = "Seed of everything drawn. Default: 1.")
    private long seed = 1;

    @Option(names = "--threads", paramLabel = "N", description = "Threads; 1 for results that repeat to the bit.")
    private int threads;

    @Mixin
    private ExperimentOptions common = new ExperimentOptions();

    FinetuningExperimentCommand(Session session) {
        this.session = session;
    }

    private List<Task> chosen() {
        return tasks.isEmpty()
                ? FinetuneExperiment.TASKS
                : Texts.list(tasks, "--tasks").stream().map(Task::of).toList();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (threads > 0) {
            Engine.setThreads(threads);
        }
        var options = new FinetuneExperiment.Options(chosen(), steps, batch, rate, pictures, test, seed);
        return common.run(session, out -> new FinetuneExperiment(
                        session.registry(), options, out, Reporter.lines(session.console()::say))
                .run(from));
    }
}
