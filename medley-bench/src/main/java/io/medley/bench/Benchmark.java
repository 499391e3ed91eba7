package io.medley.bench;

import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Runs tasks in rounds, A B C A B C, so that a slow moment of the machine falls on all of them. */
public final class Benchmark {
    /**
     * How a task went.
     *
     * @param medianSeconds of the undisturbed runs, or of the less disturbed half when {@code clean} is 0
     * @param clean runs during which other processes used less than 6 % of the processors; 0 means that the figure should not be quoted
     * @param othersShare median share of the processors that other processes used
     * @param gflops GFLOP/s by the least arithmetic of the task, 0 when uncounted
     * @param share of the roofline, 0 when uncounted
     */
    public record Result(
            String task,
            double medianSeconds,
            double leastSeconds,
            int runs,
            int clean,
            double othersShare,
            double itemsPerSecond,
            double gflops,
            double share) {}

    /** All results, the roofline in GFLOP/s, and the largest resident memory in MB (-1 when unknown). */
    public record Report(double roofline, long peakMegabytes, List<Result> results) {}

    private Benchmark() {}

    /**
     * All tasks: inference on random BLIP-base weights, training steps at the peers' sizes, steps of
     * diffusion networks. Weights are made when a task first runs.
     *
     * @param imageSize of inference, in pixels
     */
    public static List<BenchTask> all(int imageSize) {
        var tasks = new ArrayList<>(new BlipTasks(imageSize, 0).all());
        tasks.addAll(new TrainingTasks(0).all());
        tasks.addAll(new DiffusionTasks(0).all());
        return tasks;
    }

    /**
     * The tasks whose names fit one of the patterns.
     *
     * @param patterns names in which {@code *} stands for anything; none means all tasks but those that run
     *     only by name
     * @throws MedleyException when a pattern fits no task
     */
    public static List<BenchTask> select(List<BenchTask> tasks, List<String> patterns) {
        if (patterns.isEmpty()) {
            return tasks.stream().filter(task -> !task.onlyByName()).toList();
        }
        var chosen = new LinkedHashMap<String, BenchTask>();
        for (var pattern : patterns) {
            var regex = Pattern.compile(Pattern.quote(pattern).replace("*", "\\E.*\\Q"));
            var fitting = tasks.stream()
                    .filter(t -> regex.matcher(t.name()).matches())
                    .toList();
            if (fitting.isEmpty()) {
                throw new MedleyException("no benchmark task fits " + pattern + "; there are "
                        + String.join(", ", tasks.stream().map(BenchTask::name).toList()));
            }
            fitting.forEach(t -> chosen.put(t.name(), t));
        }
        return List.copyOf(chosen.values());
    }

    /**
     * Measures.
     *
     * @param rounds runs of each task that count; one more warms up
     * @param progress told what is being run
     */
    public static Report run(List<BenchTask> tasks, int rounds, Consumer<String> progress) {
        if (rounds < 1) {
            throw new MedleyException("rounds is " + rounds + "; give 1 or more");
        }
        double roofline = 0;
        Map<BenchTask, List<Sample>> samples = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            roofline = Math.max(roofline, Roofline.measure());
            for (var task : tasks) {
                progress.accept(task.name() + (round == 0 ? ", warming up" : ", round " + round + " of " + rounds));
                var sample = Sample.of(task.body());
                if (round > 0) {
                    samples.computeIfAbsent(task, t -> new ArrayList<>()).add(sample);
                }
            }
        }
        var results = new ArrayList<Result>();
        for (var entry : samples.entrySet()) {
            results.add(result(entry.getKey(), Timing.of(entry.getValue()), roofline));
        }
        return new Report(roofline, Machine.peakMegabytes(), List.copyOf(results));
    }

    private static Result result(BenchTask task, Timing timing, double roofline) {
        double gflops = task.flop() / timing.median() / 1e9;
        return new Result(
                task.name(),
                timing.median(),
                timing.least(),
                timing.samples(),
                timing.clean(),
                timing.others(),
                task.items() / timing.median(),
                gflops,
                gflops / roofline);
    }
}
