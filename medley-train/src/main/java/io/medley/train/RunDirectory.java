package io.medley.train;

import io.medley.checkpoint.AtomicFile;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import io.medley.train.distributed.World;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * The directory of a run: {@code recipe.yaml} (every setting, defaults included), {@code environment.json} (each start), and the files of one
 * {@link Run} or several. One process at a time uses it; the same recipe continues what is there, another one is refused.
 */
public final class RunDirectory implements AutoCloseable {
    private static final String RECIPE = "recipe.yaml";
    private static final String ENVIRONMENT = "environment.json";
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER, YAMLWriteFeature.SPLIT_LINES)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .build();

    private final Path folder;
    private final Reporter reporter;
    private final String recipeHash;
    private final String code = CodeVersion.current();
    private final World world;
    private final @Nullable FileChannel lock;

    private RunDirectory(Path folder, Reporter reporter, String recipeHash, World world, @Nullable FileChannel lock) {
        this.folder = folder;
        this.reporter = reporter;
        this.recipeHash = recipeHash;
        this.world = world;
        this.lock = lock;
    }

    /**
     * Makes a directory, or goes back to one.
     *
     * @param recipe every setting of the run
     * @throws MedleyException when another process is at work there, it belongs to another recipe, or it holds something else
     */
    public static RunDirectory open(Path folder, ObjectNode recipe, Reporter reporter) throws IOException {
        return open(folder, recipe, reporter, World.single());
    }

    /**
     * The same for a run of several processes, which all call it: rank 0 makes the directory and is the one to write there and to report.
     */
    public static RunDirectory open(Path folder, ObjectNode recipe, Reporter reporter, World world) throws IOException {
        if (!world.isFirst()) {
            world.barrier();
            return new RunDirectory(
                    folder, Reporter.silent(), hash(Files.readAllBytes(folder.resolve(RECIPE))), world, null);
        }
        var directory = openFirst(folder, recipe, reporter, world);
        world.barrier();
        return directory;
    }

    private static RunDirectory openFirst(Path folder, ObjectNode recipe, Reporter reporter, World world)
            throws IOException {
        Files.createDirectories(folder);
        var lock = lock(folder);
        try {
            var file = folder.resolve(RECIPE);
            if (Files.exists(file) && hasSteps(folder)) {
                refuseOther(folder, read(file), recipe);
            } else {
                if (!Files.exists(file)) {
                    refuseOccupied(folder);
                }
                AtomicFile.write(file, "# Every setting of this run.\n" + YAML.writeValueAsString(recipe));
            }
            removeLeftovers(folder);
            var directory = new RunDirectory(folder, reporter, hash(Files.readAllBytes(file)), world, lock);
            directory.noteStart();
            return directory;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Whether anything was done, here or in the folder of a stage; a recipe that was refused before its first step can be mended and tried again.
     */
    private static boolean hasSteps(Path folder) throws IOException {
        try (var files = Files.walk(folder, 2)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                if (name.equals(Stages.DONE) || name.endsWith(Run.METRICS) && Files.size(file) > 0) {
                    return true;
                }
            }
            return false;
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        var channel = FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // The same process has it open already; the answer is the same.
            channel.close();
            throw new MedleyException(folder + ": this process trains here already", e);
        }
        channel.close();
        throw new MedleyException(folder + ": another process is training here; wait for it, or give another --out");
    }

    private static JsonNode read(Path file) throws IOException {
        try {
            return YAML.readTree(Files.readString(file));
        } catch (JacksonException e) {
            throw new MedleyException(file + ": is damaged (" + e.getOriginalMessage() + "); start anew elsewhere", e);
        }
    }

    private static void refuseOther(Path folder, JsonNode before, JsonNode now) {
        // Both sides through YAML, so that 1 and 1.0 of the same setting do not differ.
        var then = settings("", before, new TreeMap<>());
        var wanted = settings("", YAML.readTree(YAML.writeValueAsString(now)), new TreeMap<>());
        var differences = new ArrayList<String>();
        var names = new TreeMap<>(then);
        names.putAll(wanted);
        for (var name : names.keySet()) {
            var a = then.getOrDefault(name, "absent");
            var b = wanted.getOrDefault(name, "absent");
            if (!a.equals(b)) {
                differences.add(name + " was " + a + " and is now " + b);
            }
        }
        if (!differences.isEmpty()) {
            throw new MedleyException(folder + ": belongs to another recipe ("
                    + String.join(", ", differences.subList(0, Math.min(3, differences.size())))
                    + (differences.size() > 3 ? " and " + (differences.size() - 3) + " more" : "")
                    + "); give another --out, or the old settings to continue");
        }
    }

    private static Map<String, String> settings(String path, JsonNode node, Map<String, String> into) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(field -> settings(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), into));
        } else {
            into.put(path, node.toString());
        }
        return into;
    }

    private static void refuseOccupied(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            var foreign = files.map(f -> f.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .findFirst();
            if (foreign.isPresent()) {
                throw new MedleyException(
                        folder + ": is no run, but holds " + foreign.get() + "; give a new or empty directory");
            }
        }
    }

    private static void removeLeftovers(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (var file : files.filter(
                            f -> AtomicFile.isTemporary(f.getFileName().toString()))
                    .toList()) {
                Files.delete(file);
            }
        }
    }

    private void noteStart() throws IOException {
        var file = folder.resolve(ENVIRONMENT);
        var starts = JsonMapper.shared().createArrayNode();
        if (Files.exists(file)
                && JsonMapper.shared().readTree(Files.readString(file)).get("starts") != null) {
            JsonMapper.shared().readTree(Files.readString(file)).get("starts").forEach(starts::add);
        }
        var engine = Engine.info();
        starts.addObject()
                .put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("code", code)
                .put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"))
                .put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"))
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("libtorch", engine.torchVersion())
                .put("blas", engine.blas())
                .put("threads", engine.threads())
                .put("devices", String.join(", ", engine.devices()));
        var all = JsonMapper.shared().createObjectNode();
        all.set("starts", starts);
        AtomicFile.write(
                file, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
                    .substring(0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether a file of this name is a run's own book-keeping and no part of a model that may lie beside it. */
    public static boolean isBookKeeping(String name) {
        return name.equals(ENVIRONMENT)
                || name.equals(Stages.DONE)
                || name.endsWith(Run.STATE)
                || name.endsWith(Run.LAST)
                || name.endsWith(Run.AVERAGE);
    }

    /** The only training of this directory; its files have plain names. */
    public Run run(RunOptions options) {
        return new Run(this, "", options);
    }

    /** One training of several; its files begin with {@code stage} and a dot. */
    public Run stage(String stage, RunOptions options) {
        return new Run(this, stage + ".", options);
    }

    /** The processes that train here together. */
    public World world() {
        return world;
    }

    public Path folder() {
        return folder;
    }

    public Reporter reporter() {
        return reporter;
    }

    String recipeHash() {
        return recipeHash;
    }

    String code() {
        return code;
    }

    Path recipe() {
        return folder.resolve(RECIPE);
    }

    Path environment() {
        return folder.resolve(ENVIRONMENT);
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }
}
