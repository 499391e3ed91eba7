package io.medley.spark;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A standalone Spark master with workers, each a JVM of its own, on the loopback address. */
final class Cluster implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final Path home;
    private final int port;
    private final Process master;
    private final List<Process> workers = new ArrayList<>();

    /** @param directory empty; gets a Spark home, logs, and what workers write */
    Cluster(Path directory, int workers) throws IOException, InterruptedException {
        this.home = directory;
        this.port = freePort();
        writeClassPath(Files.createDirectories(directory.resolve("jars")).resolve("classpath.jar"));
        this.master = start(
                "master",
                "org.apache.spark.deploy.master.Master",
                "--host",
                HOST,
                "--port",
                Integer.toString(port),
                "--webui-port",
                "0");
        for (int i = 0; i < workers; i++) {
            this.workers.add(start(
                    "worker" + i,
                    "org.apache.spark.deploy.worker.Worker",
                    "--host",
                    HOST,
                    "--cores",
                    "1",
                    "--memory",
                    "3g",
                    "--webui-port",
                    "0",
                    "--work-dir",
                    directory.resolve("work" + i).toString(),
                    address()));
        }
        awaitWorkers(workers);
    }

    private void awaitWorkers(int count) throws IOException, InterruptedException {
        var log = home.resolve("master.log");
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
        while (Files.readAllLines(log).stream()
                        .filter(line -> line.contains("Registering worker"))
                        .count()
                < count) {
            if (System.nanoTime() > end || !master.isAlive()) {
                close();
                throw new IllegalStateException("the workers did not register:\n" + Files.readString(log));
            }
            Thread.sleep(200);
        }
    }

    String address() {
        return "spark://" + HOST + ":" + port;
    }

    /** Kills a worker and its executor as a power cut would. */
    void killWorker(int index) {
        var worker = workers.get(index);
        worker.descendants().forEach(ProcessHandle::destroyForcibly);
        worker.destroyForcibly();
    }

    /** Whether a worker has an executor running. */
    boolean hasExecutor(int index) {
        return workers.get(index).descendants().findAny().isPresent();
    }

    @Override
    public void close() {
        workers.forEach(worker -> {
            worker.descendants().forEach(ProcessHandle::destroyForcibly);
            worker.destroyForcibly();
        });
        master.destroyForcibly();
    }

    private Process start(String name, String... mainAndArguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(System.getProperty("medley.spark.jvm.args").split(" ")));
        command.add("-Xmx512m");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(mainAndArguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", HOST);
        return builder.redirectOutput(home.resolve(name + ".log").toFile()).start();
    }

    /** Workers start executors with the jars of a Spark home: one that holds nothing but this process's class path. */
    private static void writeClassPath(Path jar) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.finish();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }
}
