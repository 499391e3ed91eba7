package io.medley.recipe;

import io.medley.checkpoint.SafetensorsWriter;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.MetricsLog;
import io.medley.train.TrainingLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** The folder of a training: metrics as they come, weights now and then and at the end. */
final class RunDirectory implements TrainingLoop.Listener, AutoCloseable {
    private static final long SAVE_EVERY_SECONDS = 300;

    private final Path folder;
    private final String stage;
    private final long steps;
    private final int batch;
    private final Map<String, Tensor> weights;
    private final Consumer<String> say;
    private final MetricsLog log;
    private final long started = System.nanoTime();
    private long lastSaid = started;
    private long lastSaved = started;

    RunDirectory(Path folder, String stage, long steps, int batch, Map<String, Tensor> weights, Consumer<String> say)
            throws IOException {
        this.folder = Files.createDirectories(folder);
        this.stage = stage;
        this.steps = steps;
        this.batch = batch;
        this.weights = weights;
        this.say = say;
        this.log = new MetricsLog(folder.resolve(stage + ".metrics.jsonl"));
    }

    @Override
    public void stepped(TrainingLoop.StepResult result) throws IOException {
        var line = new LinkedHashMap<String, Object>();
        line.put("step", result.step());
        line.put("loss", result.loss());
        line.putAll(result.terms());
        line.put("lr", result.learningRate());
        line.put("grad_norm", result.gradientNorm());
        line.put("samples_per_s", batch / result.seconds());
        log.write(line);
        long now = System.nanoTime();
        if (result.step() + 1 == steps || now - lastSaid > 10_000_000_000L) {
            lastSaid = now;
            double left = (now - started) / 1e9 / (result.step() + 1) * (steps - result.step() - 1);
            say.accept(String.format(
                    Locale.ROOT,
                    "%s %d/%d loss %.3f %s lr %.1e %.1f samples/s, %.0f min left",
                    stage,
                    result.step() + 1,
                    steps,
                    result.loss(),
                    result.terms(),
                    result.learningRate(),
                    batch / result.seconds(),
                    left / 60));
        }
        if (now - lastSaved > SAVE_EVERY_SECONDS * 1_000_000_000L) {
            lastSaved = now;
            save(folder.resolve(stage + ".last.safetensors"), weights, DType.FLOAT32);
        }
    }

    /** Writes tensors in a given precision, under a temporary name first. */
    static void save(Path file, Map<String, Tensor> tensors, DType type) throws IOException {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var converted = new LinkedHashMap<String, Tensor>();
            tensors.forEach((name, t) -> {
                if (!t.isFinite()) {
                    throw new MedleyException(
                            file + ": " + name + " holds values that are not numbers; the training diverged");
                }
                converted.put(name, t.detach().to(type).contiguous());
            });
            SafetensorsWriter.write(file, converted, Map.of("format", "pt"));
        }
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
