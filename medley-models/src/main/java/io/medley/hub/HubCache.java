package io.medley.hub;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The cache directory the Hugging Face libraries share: {@code models--org--name/blobs|refs|snapshots}, as {@code huggingface_hub}
 * writes it, so that models pulled by either are seen by both.
 */
public final class HubCache {
    /** What the hub accepts in a repository id; also what keeps a name from leaving the cache directory. */
    private static final Pattern REPOSITORY =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?");

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,64}");
    private static final String PREFIX = "models--";
    private final Path root;

    public HubCache(Path root) {
        this.root = root;
    }

    /** The cache the variables name: HF_HUB_CACHE, else HF_HOME/hub, else XDG_CACHE_HOME/huggingface/hub, else ~/.cache/huggingface/hub. */
    public static HubCache fromEnvironment(Map<String, String> environment) {
        String hub = environment.getOrDefault("HF_HUB_CACHE", "");
        if (!hub.isBlank()) {
            return new HubCache(Path.of(hub));
        }
        String home = environment.getOrDefault("HF_HOME", "");
        if (!home.isBlank()) {
            return new HubCache(Path.of(home, "hub"));
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = xdg.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return new HubCache(base.resolve("huggingface").resolve("hub"));
    }

    /** Where the cache is; need not exist. */
    public Path root() {
        return root;
    }

    /** Whether the text can be a repository id. */
    public static boolean isRepository(String name) {
        return REPOSITORY.matcher(name).matches() && !name.contains("--") && !name.contains("..");
    }

    /** The directory of one repository; need not exist. */
    public Path directory(String repository) {
        if (!isRepository(repository)) {
            throw new MedleyException("\"" + repository
                    + "\" is not a repository name; expected OWNER/NAME, for example Salesforce/blip-vqa-base");
        }
        return root.resolve(PREFIX + repository.replace("/", "--"));
    }

    /** The files of the main branch as last pulled, if they are there. */
    public Optional<Path> snapshot(String repository) {
        return isRepository(repository) ? snapshot(repository, "main") : Optional.empty();
    }

    /** The files of a branch or commit as last pulled, if they are there. */
    public Optional<Path> snapshot(String repository, String revision) {
        Path directory = directory(repository);
        return commit(directory, revision)
                .map(commit -> directory.resolve("snapshots").resolve(commit))
                .filter(Files::isDirectory);
    }

    /** Names of all repositories of models in the cache, sorted. */
    public List<String> repositories() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(root)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.startsWith(PREFIX))
                    .map(name -> name.substring(PREFIX.length()).replaceFirst("--", "/"))
                    .filter(name -> isRepository(name) && snapshot(name).isPresent())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(root + ": cannot be listed", e);
        }
    }

    private static Optional<String> commit(Path directory, String revision) {
        Path ref = directory.resolve("refs").resolve(revision).normalize();
        if (!ref.startsWith(directory.resolve("refs"))) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(ref)) {
            return COMMIT.matcher(revision).matches() ? Optional.of(revision) : Optional.empty();
        }
        try {
            String commit = Files.readString(ref, StandardCharsets.UTF_8).strip();
            return COMMIT.matcher(commit).matches() ? Optional.of(commit) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(ref + ": cannot be read", e);
        }
    }
}
