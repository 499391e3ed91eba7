package io.medley.train.distributed;

import io.medley.tensor.MedleyException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Starts the processes of a run on this machine, each a JVM like this one with {@code RANK}, {@code WORLD_SIZE}, {@code MASTER_ADDR} and
 * {@code MASTER_PORT} set, and ends all of them when one fails, or when this process ends.
 */
public final class LocalProcesses {
    private static final String LAUNCHER = "MEDLEY_LAUNCHER_PID";
    /** For the others after one has died, to notice it and say where they stand. */
    private static final Duration GRACE = Duration.ofSeconds(4);

    /** For all when this process is asked to end: they save after the step at hand. */
    private static final Duration TO_SAVE = Duration.ofSeconds(60);

    /** For a process that was asked to end because another has failed. */
    private static final Duration TO_END = Duration.ofSeconds(2);

    private static final long POLL_MILLIS = 50;
    private static final int SIGNAL_BASE = 128;

    private final List<Process> processes = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();
    private final Consumer<String> out;
    private final Consumer<String> err;

    private LocalProcesses(Consumer<String> out, Consumer<String> err) {
        this.out = out;
        this.err = err;
    }

    /**
     * The command that runs a class in a JVM with the options and class path of this one.
     *
     * @param mainClass full name
     * @param arguments of its main method
     */
    public static List<String> command(String mainClass, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElse(System.getProperty("java.home") + "/bin/java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }

    /**
     * Runs {@code command} in so many processes and waits for their end. What rank 0 writes comes out as it is; lines of the others get their
     * rank before them; rank 0 shares the standard error of this process.
     *
     * @param environment variables to add; a share of the processor is set by {@code OMP_NUM_THREADS} unless that is set already
     * @param out gets lines of standard output
     * @param err gets lines of standard error
     * @return 0 when all succeeded
     * @throws MedleyException when one failed: says which and how; the others have been ended then
     */
    public static int run(
            List<String> command,
            int processes,
            Map<String, String> environment,
            Consumer<String> out,
            Consumer<String> err)
            throws IOException, InterruptedException {
        var run = new LocalProcesses(out, err);
        var stop = new Thread(() -> run.endAll(TO_SAVE), "end-processes");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            int port = freePort();
            for (int rank = 0; rank < processes; rank++) {
                run.start(command, rank, processes, port, environment);
            }
            run.await();
            return 0;
        } finally {
            run.endAll(TO_END);
            for (var reader : run.readers) {
                reader.join(GRACE.toMillis());
            }
            removeHook(stop);
        }
    }

    private static void removeHook(Thread stop) {
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook is what ends the processes.
            Thread.currentThread().interrupt();
        }
    }

    /** In a process that a launcher started: ends it when the launcher is gone, whatever way it went. */
    static void endWithLauncher(Map<String, String> environment) {
        var pid = environment.get(LAUNCHER);
        if (pid == null) {
            return;
        }
        ProcessHandle.of(Long.parseLong(pid))
                .ifPresentOrElse(
                        launcher -> launcher.onExit()
                                .thenRun(() -> Runtime.getRuntime().halt(SIGNAL_BASE + 15)),
                        () -> Runtime.getRuntime().halt(SIGNAL_BASE + 15));
    }

    private void start(List<String> command, int rank, int size, int port, Map<String, String> more)
            throws IOException {
        var builder = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.PIPE);
        var environment = builder.environment();
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / size);
        environment.putIfAbsent("OMP_NUM_THREADS", Integer.toString(threads));
        environment.putAll(more);
        environment.put("RANK", Integer.toString(rank));
        environment.put("LOCAL_RANK", Integer.toString(rank));
        environment.put("WORLD_SIZE", Integer.toString(size));
        environment.put("MASTER_ADDR", "127.0.0.1");
        environment.put("MASTER_PORT", Integer.toString(port));
        environment.put(LAUNCHER, Long.toString(ProcessHandle.current().pid()));
        if (rank == 0) {
            builder.redirectError(ProcessBuilder.Redirect.INHERIT); // a terminal's progress line stays one
        }
        var process = builder.start();
        process.getOutputStream().close();
        processes.add(process);
        copy(process.inputReader(StandardCharsets.UTF_8), out, rank);
        if (rank > 0) {
            copy(process.errorReader(StandardCharsets.UTF_8), err, rank);
        }
    }

    /** Passes lines on as they come, but for those Gloo writes about its connections. */
    private void copy(BufferedReader from, Consumer<String> to, int rank) {
        var before = rank == 0 ? "" : "rank " + rank + ": ";
        var reader = new Thread(
                () -> {
                    try (from) {
                        for (var line = from.readLine(); line != null; line = from.readLine()) {
                            if (!line.startsWith("[Gloo] ")) {
                                to.accept(before + line);
                            }
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                "process-output");
        reader.setDaemon(true);
        reader.start();
        readers.add(reader);
    }

    private void await() throws InterruptedException {
        int running = processes.size();
        while (running > 0) {
            running = 0;
            for (int rank = 0; rank < processes.size(); rank++) {
                if (status(rank) != 0) {
                    throw failed(rank);
                }
                running += processes.get(rank).isAlive() ? 1 : 0;
            }
            if (running > 0) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
    }

    /** When one process dies, the others fail for it soon after: of those that end now, one that was killed is the cause. */
    private MedleyException failed(int noticed) throws InterruptedException {
        int cause = noticed;
        for (long waited = 0; waited < GRACE.toMillis(); waited += POLL_MILLIS) {
            for (int rank = 0; rank < processes.size(); rank++) {
                cause = status(cause) <= SIGNAL_BASE && status(rank) > SIGNAL_BASE ? rank : cause;
            }
            if (processes.stream().noneMatch(Process::isAlive)) {
                break;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        int status = status(cause);
        return new MedleyException("rank " + cause + " of " + processes.size() + " ended with status " + status
                + (status > SIGNAL_BASE ? " (signal " + (status - SIGNAL_BASE) + ")" : "")
                + "; the other processes were stopped. The same command continues the run");
    }

    /** How a process ended; 0 while it runs. */
    private int status(int rank) {
        var process = processes.get(rank);
        return process.isAlive() ? 0 : process.exitValue();
    }

    private void endAll(Duration patience) {
        processes.forEach(Process::destroy);
        try {
            long deadline = System.nanoTime() + patience.toNanos();
            for (var process : processes) {
                if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            }
        } catch (InterruptedException e) {
            processes.forEach(Process::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
