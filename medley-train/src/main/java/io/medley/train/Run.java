package io.medley.train;

import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.SafetensorsWriter;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.distributed.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A training in a directory that is never lost. It leaves {@code metrics.jsonl} (one object per step), {@code last.safetensors} (the newest
 * weights; {@code average.safetensors} beside it where a moving average is kept), {@code state.safetensors} (everything else that decides how
 * it goes on), plots and {@code report.html}.
 *
 * <p>In a run of several processes rank 0 writes and speaks; the others read its state when they start, so the directory must be one they
 * all see.
 *
 * <p>The state is one file, written under another name, forced to disk and renamed; it also says how much of the metrics stands. So whenever
 * the process dies, the newest whole state and the metrics up to it are there, and {@link #train} continues from them: on one thread with the
 * very losses an uninterrupted training would have had.
 */
public final class Run {
    static final String METRICS = "metrics.jsonl";
    static final String STATE = "state.safetensors";
    static final String LAST = "last.safetensors";
    static final String AVERAGE = "average.safetensors";
    private static final String BATCHES = "batches";
    private static final String DATA = "data";
    private static final String PROCESSES = "processes";
    private static final String METRICS_BYTES = "metrics.bytes";
    private static final long SECONDS_TO_STOP = 60;

    private final RunDirectory directory;
    private final String prefix;
    private final RunOptions options;

    // Set by the hook that runs when the process is asked to end; looked at between steps.
    private volatile boolean stopping;

    Run(RunDirectory directory, String prefix, RunOptions options) {
        this.directory = directory;
        this.prefix = prefix;
        this.options = options;
    }

    /** A file of this training. */
    public Path file(String name) {
        return directory.folder().resolve(prefix + name);
    }

    /** Whether this training has come to its end of {@code steps} steps before, without loading anything. */
    public boolean finished(long steps) throws IOException {
        if (!Files.exists(file(STATE))) {
            return false;
        }
        try (var state = Checkpoint.open(file(STATE))) {
            return Long.toString(steps).equals(state.metadata().get("step"));
        }
    }

    /**
     * Trains to the end, from the newest checkpoint if there is one. When the process is asked to end (Ctrl-C, SIGTERM) it saves after the
     * current step.
     *
     * @throws StoppedException when the process was asked to end, after saving
     * @throws MedleyException when losses are no longer numbers, data cannot be read or files cannot be written; the last checkpoint stands
     */
    public <B> void train(Trainer<B> trainer, Objective<B> objective, Batches<B> batches) throws IOException {
        var stopped = new CountDownLatch(1);
        var hook = new Thread(() -> stop(stopped), "save-before-exit");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            new Session<>(trainer, objective, batches).run();
        } finally {
            stopped.countDown();
            if (!stopping) {
                removeHook(hook);
            }
        }
    }

    private void stop(CountDownLatch stopped) {
        stopping = true;
        try {
            if (!stopped.await(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                directory.reporter().say(directory.folder() + ": stopped without saving, the step took too long");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already and the hook has run; nothing is left to remove.
            hook.interrupt();
        }
    }

    /** One call of {@link #train}. */
    private final class Session<B> {
        private final Trainer<B> trainer;
        private final Objective<B> objective;
        private final Batches<B> batches;
        private final World world;
        private final Reporter reporter = directory.reporter();
        private final List<PlateauWatch.Running> watches =
                options.watches().stream().map(w -> w.new Running()).toList();
        private final ProgressLine progress;
        private long savedAt = System.nanoTime();
        private long savedStep = -1;

        Session(Trainer<B> trainer, Objective<B> objective, Batches<B> batches) {
            this.trainer = trainer;
            this.world = trainer.world();
            this.objective = objective;
            this.batches = batches;
            this.progress =
                    new ProgressLine(prefix.replace(".", " "), trainer.options().steps());
        }

        void run() throws IOException {
            long keep = restore();
            world.barrier(); // nobody writes before all have read
            if (trainer.finished()) {
                reporter.say(directory.folder() + ": " + prefix.replace(".", " ") + "is finished (" + trainer.done()
                        + " steps); give another directory to train anew");
                return;
            }
            if (!world.isFirst()) {
                follow();
                return;
            }
            var metrics = file(METRICS);
            if (keep > (Files.exists(metrics) ? Files.size(metrics) : 0)) {
                reporter.say("warning: " + metrics + " is shorter than it was; its first steps are lost");
            }
            try (var log = new MetricsLog(metrics, keep)) {
                while (!trainer.finished() && !ending()) {
                    step(log);
                }
                if (savedStep != trainer.done()) {
                    save(log);
                }
                if (trainer.finished()) {
                    RunReport.write(directory, Run.this);
                }
            } catch (MedleyException e) {
                throw new MedleyException(e.getMessage() + "; " + whatStands(), e);
            } catch (IOException e) {
                throw new MedleyException(
                        directory.folder() + ": cannot be written (" + reason(e) + "); make room; " + whatStands(), e);
            }
            if (!trainer.finished()) {
                var line = directory.folder() + ": stopped after step " + trainer.done() + " of "
                        + trainer.options().steps() + " and saved; the same command continues";
                // Said here, since the process may be gone before the exception has reached anybody.
                reporter.say(line);
                throw new StoppedException(line);
            }
        }

        /** What a process other than the first does: its part of the steps, and nothing else. */
        private void follow() {
            while (!trainer.finished() && !ending()) {
                trainer.step(objective, batches);
            }
            if (!trainer.finished()) {
                throw new StoppedException("rank " + world.rank() + ": stopped after step " + trainer.done());
            }
        }

        /** Whether any process was asked to end; all get the same answer. */
        private boolean ending() {
            return world.mean(stopping ? 1 : 0)[0] > 0;
        }

        private void step(MetricsLog log) throws IOException {
            var result = trainer.step(objective, batches);
            log.write(metrics(result));
            for (int i = 0; i < watches.size(); i++) {
                if (watches.get(i).warns(result)) {
                    var watch = options.watches().get(i);
                    reporter.say(String.format(
                            Locale.ROOT,
                            "warning: step %d: %s has stayed at %.4f for %d steps: %s",
                            result.step(),
                            watch.term(),
                            watch.value(),
                            watch.window(),
                            watch.meaning()));
                }
            }
            progress.stepped(result);
            reporter.progress(() -> progress.text(result), trainer.finished());
            if (dueBySteps() || dueByTime()) {
                save(log);
            }
        }

        private boolean dueBySteps() {
            return options.saveSteps() > 0 && trainer.done() % options.saveSteps() == 0;
        }

        private boolean dueByTime() {
            return options.saveSeconds() > 0 && System.nanoTime() - savedAt > options.saveSeconds() * 1e9;
        }

        private Map<String, Object> metrics(Trainer.StepResult result) {
            var values = new LinkedHashMap<String, Object>();
            values.put("step", result.step());
            values.put("loss", result.loss());
            values.putAll(result.terms());
            values.put("lr", result.learningRate());
            values.put("grad_norm", result.gradientNorm());
            values.put("samples_per_s", result.samples() / result.seconds());
            values.put("data_s", result.waited());
            return values;
        }

        /** Weights first: they are of use without the state, the state is what counts. */
        private void save(MetricsLog log) throws IOException {
            long bytes = log.force();
            try (var scope = Scope.open()) {
                write(LAST, trainer.learner().tensors());
                if (trainer.options().average() > 0) {
                    var averaged = new LinkedHashMap<>(trainer.averaged());
                    averaged.putAll(trainer.learner().buffers());
                    write(AVERAGE, averaged);
                }
                var state = trainer.state();
                var values = new LinkedHashMap<>(state.values());
                values.putAll(provenance());
                values.put(BATCHES, batches.state());
                values.put(PROCESSES, Integer.toString(world.size()));
                values.put(METRICS_BYTES, Long.toString(bytes));
                SafetensorsWriter.write(file(STATE), state.tensors(), values);
            }
            savedAt = System.nanoTime();
            savedStep = trainer.done();
        }

        private void write(String name, Map<String, Tensor> tensors) throws IOException {
            var metadata = provenance();
            metadata.put("format", "pt");
            metadata.put("step", Long.toString(trainer.done()));
            SafetensorsWriter.write(file(name), detached(tensors), metadata);
        }

        private Map<String, String> provenance() {
            var values = new LinkedHashMap<String, String>();
            values.put("recipe", directory.recipeHash());
            values.put("code", directory.code());
            values.put("seed", Long.toString(options.seed()));
            values.put(DATA, batches.identity());
            return values;
        }

        /** Goes back to the newest state; returns how many bytes of the metrics belong to it. */
        private long restore() throws IOException {
            var file = file(STATE);
            if (!Files.exists(file)) {
                return 0;
            }
            try (var scope = Scope.open();
                    var checkpoint = Checkpoint.open(file)) {
                var values = checkpoint.metadata();
                var data = values.get(DATA);
                if (!batches.identity().equals(data)) {
                    throw new MedleyException(file + ": was trained on " + data + ", the data are now "
                            + batches.identity() + "; bring the old data back, or start anew in another directory");
                }
                var processes = values.getOrDefault(PROCESSES, "1");
                if (!processes.equals(Integer.toString(world.size()))) {
                    throw new MedleyException(file + ": was trained by " + processes + " processes, now there are "
                            + world.size() + ", which would change the batch; continue with " + processes);
                }
                var tensors = new LinkedHashMap<String, Tensor>();
                checkpoint.names().forEach(name -> tensors.put(name, checkpoint.load(name)));
                trainer.restore(new TrainingState(tensors, values), file.toString());
                batches.restore(Objects.requireNonNullElse(values.get(BATCHES), ""));
                savedStep = trainer.done();
                if (!trainer.finished()) {
                    reporter.say(prefix.replace(".", " ") + "continues at step " + trainer.done() + " of "
                            + trainer.options().steps());
                }
                return Long.parseLong(values.getOrDefault(METRICS_BYTES, "0"));
            }
        }

        private String whatStands() {
            return savedStep < 0
                    ? "nothing was saved yet"
                    : "the checkpoint after step " + savedStep + " stands, and the same command continues from it";
        }

        private static String reason(IOException e) {
            return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }

    private static Map<String, Tensor> detached(Map<String, Tensor> tensors) {
        var plain = new LinkedHashMap<String, Tensor>();
        tensors.forEach((name, tensor) -> plain.put(name, tensor.detach()));
        return plain;
    }
}
