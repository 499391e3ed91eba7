package io.medley.bootstrap;

import io.medley.ModelRegistry;
import io.medley.capfilt.CapFiltModels;
import io.medley.capfilt.CapFiltRun;
import io.medley.capfilt.CapFiltSettings;
import io.medley.capfilt.Policy;
import io.medley.data.Mixture;
import io.medley.evaluate.EvaluateOptions;
import io.medley.evaluate.Example;
import io.medley.evaluate.Task;
import io.medley.finetune.Finetune;
import io.medley.finetune.FinetuneOptions;
import io.medley.shards.LocalStorage;
import io.medley.shards.RunOptions;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardRun;
import io.medley.task.CaptionOptions;
import io.medley.task.Decoding;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import io.medley.train.Reporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What the stages of a circle do, each in the folder it is given, and each going on where it was when it is done again. */
final class CircleSteps {
    private static final double WEIGHT_DECAY = 0.05;
    private static final int MEASURED_AT_ONCE = 32;

    private final ModelRegistry registry;
    private final BootstrapSettings settings;
    private final CleanPairs clean;
    private final Reporter reporter;

    CircleSteps(ModelRegistry registry, BootstrapSettings settings, CleanPairs clean, Reporter reporter) {
        this.registry = registry;
        this.settings = settings;
        this.clean = clean;
        this.reporter = reporter;
    }

    /** Pre-trains on shards of pairs and the clean ones. */
    void pretrain(BootstrapSettings.Pretraining training, Path start, String shards, Path folder) throws IOException {
        var pairs = PairLoading.mixed(
                PairLoading.shards(shards), clean, settings.data().cleanShare());
        new PairTraining(settings, reporter)
                .run(training, registry.find(start.toString()), pairs, settings.seed(), folder);
    }

    /** Tunes one model as captioner and filter at once, on the clean pairs. */
    void joint(BootstrapSettings.Pretraining training, Path from, Path folder) throws IOException {
        new PairTraining(settings, reporter)
                .run(training, registry.find(from.toString()), Mixture.of(clean.rows()), settings.seed(), folder);
    }

    /** Tunes a model on the clean pairs: {@link Task#CAPTION} makes a captioner, {@link Task#RETRIEVAL} a filter. */
    void tune(Task task, BootstrapSettings.Tuning tuning, Path from, Path folder) throws IOException {
        tune(task, tuning, from, clean.examples(), clean.heldOut(), folder);
    }

    /** Tunes a model on other examples. */
    void tune(
            Task task,
            BootstrapSettings.Tuning tuning,
            Path from,
            List<? extends Example> training,
            List<? extends Example> validation,
            Path folder)
            throws IOException {
        var options = FinetuneOptions.of(task)
                .with(Map.of(
                        "steps", Long.toString(tuning.steps()),
                        "batch", Integer.toString(tuning.batch()),
                        "schedule.peak", Double.toString(tuning.learningRate()),
                        "optimizer.weightDecay", Double.toString(WEIGHT_DECAY),
                        "minScale", Double.toString(settings.minScale()),
                        "freeze", JsonMapper.shared().writeValueAsString(settings.freeze()),
                        "precision", settings.bfloat16() ? "bfloat16" : "float32",
                        "seed", Long.toString(settings.seed())));
        new Finetune(registry, options, evaluation(), reporter).run(from.toString(), training, validation, folder);
    }

    static EvaluateOptions evaluation() {
        return EvaluateOptions.blip().withBatch(MEASURED_AT_ONCE);
    }

    /** Writes captions for all pictures of shards, scores all texts, and keeps those of the policy. */
    void capfilt(BootstrapSettings.CapFilt how, Policy policy, Path captioner, Path filter, String shards, Path folder)
            throws IOException, InterruptedException {
        var inputs = ShardInputs.find(List.of(shards.split("::")));
        int threads = Math.max(1, Engine.threads() / how.workers());
        try (var models = CapFiltModels.load(registry, captioner.toString(), filter.toString(), null, threads)) {
            var chosen = models.settings(captions(how), policy, how.batch(), false, false);
            var options = new RunOptions(how.workers(), RunOptions.DEFAULT.retries(), RunOptions.DEFAULT.maxErrors());
            var result = CapFiltRun.of(models, new LocalStorage(), chosen, options, new Listener())
                    .run(inputs, folder);
            if (result.failed() > 0) {
                throw new MedleyException(
                        folder + ": " + result.failed() + " of " + inputs.size() + " shards failed, see "
                                + CapFiltRun.REPORT + " there; mend them, and the same command goes on");
            }
            var total = result.total();
            reporter.say(String.format(
                    Locale.ROOT,
                    "kept %d of %d web and %d of %d synthetic texts; %d of %d pictures have one",
                    total.web().kept(),
                    total.web().count(),
                    total.synthetic().kept(),
                    total.synthetic().count(),
                    total.written(),
                    total.count()));
            if (total.written() == 0) {
                throw new MedleyException(folder + ": the filter keeps nothing at all; train it longer, or lower"
                        + " capfilt.threshold in another --out");
            }
        } finally {
            Engine.setThreads(settings.threads() > 0 ? settings.threads() : threads * how.workers());
        }
    }

    private CaptionOptions captions(BootstrapSettings.CapFilt how) {
        var captions = CapFiltSettings.paperCaptions(how.samples(), settings.seed())
                .withLengths(how.minLength(), how.maxLength());
        return how.beams() == 0
                ? captions.withDecoding(new Decoding.Nucleus(how.nucleus()))
                : captions.withDecoding(new Decoding.Beam(how.beams())).withRepetitionPenalty(1);
    }

    private final class Listener implements ShardRun.Listener {
        private long rows;

        @Override
        public void rows(long more) {
            rows += more;
            long done = rows;
            reporter.progress(() -> "capfilt: " + done + " pictures", false);
        }

        @Override
        public void say(String line) {
            reporter.say(line);
        }
    }
}
