package io.medley.hub;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pulls models from a Hugging Face hub into the {@link HubCache}.
 *
 * <p>For each wanted file the hub is asked for its hash and size, the content is fetched into {@code blobs/<hash>} (resuming an
 * interrupted pull, checked by size and hash), and {@code snapshots/<commit>/<name>} is linked to it. The branch's reference is written
 * last: a model is either whole in the cache or not there.
 */
public final class HubClient {
    private static final int LARGEST_LISTING = 16 << 20;
    private static final int MOST_FILES = 1000;
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40,64}");
    private static final Pattern ETAG = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,100}");
    private final HubSettings settings;
    private final HubCache cache;

    public HubClient(HubSettings settings, HubCache cache) {
        this.settings = settings;
        this.cache = cache;
    }

    /**
     * Brings a repository's needed files (see {@link FileChoice}) into the cache.
     *
     * @param repository for example {@code Salesforce/blip-vqa-base}
     * @param revision branch, tag or commit; normally {@code main}
     * @return the snapshot directory
     * @throws MedleyException for an unknown or closed repository, wrong hashes, a full disk
     * @throws IOException when the hub cannot be reached or breaks off in every attempt; what came is kept for the next pull
     */
    public Path pull(String repository, String revision, PullListener listener) throws IOException {
        Path directory = cache.directory(repository);
        if (!REVISION.matcher(revision).matches() || revision.contains("..")) {
            throw new MedleyException("revision \"" + revision + "\" is not a branch, tag or commit name");
        }
        ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "medley-hub-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        Transport transport = new Transport(settings);
        try {
            Listing listing = listing(transport, repository, revision);
            List<String> names = FileChoice.of(listing.names());
            if (names.stream().noneMatch(name -> name.endsWith(".safetensors") || name.endsWith(".bin"))) {
                throw new MedleyException(
                        repository + ": has no weights Medley reads; expected *.safetensors or pytorch_model*.bin");
            }
            listener.files(names.size());
            Download download = new Download(transport, settings, listener, watchdog);
            for (String name : names) {
                URI address = address(repository, "resolve", listing.commit(), name);
                HubFile file = announced(transport, address, name);
                boolean cached = bring(download, address, file, directory);
                link(directory, file, listing.commit());
                listener.done(name, cached);
            }
            write(directory.resolve("refs"), revision, listing.commit());
            return directory.resolve("snapshots").resolve(listing.commit());
        } finally {
            watchdog.shutdownNow();
        }
    }

    /** Removes what interrupted pulls of a repository have left; returns how many files that were. */
    public int removeIncomplete(String repository) throws IOException {
        Path blobs = cache.directory(repository).resolve("blobs");
        if (!Files.isDirectory(blobs)) {
            return 0;
        }
        List<Path> leftovers;
        try (var entries = Files.list(blobs)) {
            leftovers = entries.filter(entry -> entry.toString().endsWith(".incomplete"))
                    .toList();
        }
        for (Path leftover : leftovers) {
            Files.deleteIfExists(leftover);
        }
        return leftovers.size();
    }

    /** Another process pulling the same file is waited for, and its result used. */
    private boolean bring(Download download, URI address, HubFile file, Path directory) throws IOException {
        Path blob = directory.resolve("blobs").resolve(file.etag());
        Path locks = cache.root().resolve(".locks").resolve(String.valueOf(directory.getFileName()));
        Files.createDirectories(locks);
        try (FileChannel channel = FileChannel.open(
                        locks.resolve(file.etag() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && Files.isRegularFile(blob) && Files.size(blob) == file.size()) {
                return true;
            }
            download.fetch(address, file, blob);
            return false;
        }
    }

    private record Listing(String commit, List<String> names) {}

    private Listing listing(Transport transport, String repository, String revision) throws IOException {
        URI address = URI.create(settings.endpoint() + "/api/models/" + repository + "/revision/" + encode(revision));
        JsonNode root = json(retried(() -> transport.get(address, 0), repository, address), repository, address);
        String commit = root.path("sha").asString("");
        if (!COMMIT.matcher(commit).matches()) {
            throw new MedleyException(
                    repository + ": the hub's answer has no commit (" + address + "); check HF_ENDPOINT");
        }
        List<String> names = new ArrayList<>();
        for (JsonNode sibling : root.path("siblings")) {
            names.add(sibling.path("rfilename").asString(""));
            if (names.size() > MOST_FILES) {
                throw new MedleyException(
                        repository + ": lists more than " + MOST_FILES + " files; not a model repository Medley knows");
            }
        }
        return new Listing(commit, names);
    }

    private HubFile announced(Transport transport, URI address, String name) throws IOException {
        HttpResponse<InputStream> response = retried(() -> transport.head(address), name, address);
        response.body().close();
        String etag = header(response, "X-Linked-Etag", "ETag")
                .replaceFirst("^W/", "")
                .replace("\"", "")
                .toLowerCase(Locale.ROOT);
        if (!ETAG.matcher(etag).matches()) {
            throw new MedleyException(name + ": the hub announces no usable etag (" + address + "); check HF_ENDPOINT");
        }
        String size = header(response, "X-Linked-Size", "Content-Length");
        if (!size.matches("\\d{1,15}")) {
            throw new MedleyException(name + ": the hub announces no size (" + address + "); check HF_ENDPOINT");
        }
        return new HubFile(name, etag, Long.parseLong(size));
    }

    private interface Exchange {
        HttpResponse<InputStream> run() throws IOException;
    }

    /** Statuses of a HEAD that ends in a redirect to the store of large files count as success: the headers are what is wanted. */
    private HttpResponse<InputStream> retried(Exchange exchange, String what, URI address) throws IOException {
        long pause = settings.pause().toMillis();
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<InputStream> response = exchange.run();
                if (response.statusCode() / 100 != 3) {
                    HubErrors.check(response, what, address);
                }
                return response;
            } catch (IOException e) {
                boolean offline = e instanceof ConnectException;
                if (offline
                        || attempt >= settings.attempts()
                        || Thread.currentThread().isInterrupted()) {
                    throw new IOException(settings.endpoint() + " cannot be reached (" + reason(e) + ")", e);
                }
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw e;
                }
                pause *= 2;
            }
        }
    }

    private static JsonNode json(HttpResponse<InputStream> response, String what, URI address) throws IOException {
        try (InputStream body = response.body()) {
            byte[] bytes = body.readNBytes(LARGEST_LISTING + 1);
            if (bytes.length > LARGEST_LISTING) {
                throw new MedleyException(what + ": the hub's list of files is larger than 16 MB (" + address + ")");
            }
            return JsonMapper.shared().readTree(bytes);
        } catch (JacksonException e) {
            throw new MedleyException(what + ": the hub's answer is not JSON (" + address + "); check HF_ENDPOINT", e);
        }
    }

    /** A relative link as huggingface_hub makes it; a copy where the file system has no links. */
    private static void link(Path directory, HubFile file, String commit) throws IOException {
        Path snapshot = directory.resolve("snapshots").resolve(commit);
        Files.createDirectories(snapshot);
        Path blob = directory.resolve("blobs").resolve(file.etag());
        Path target = snapshot.resolve(file.name());
        if (Files.exists(target) && Files.isSameFile(target, blob)) {
            return;
        }
        Files.deleteIfExists(target);
        try {
            Files.createSymbolicLink(target, snapshot.relativize(blob));
        } catch (IOException | UnsupportedOperationException e) {
            Path temporary = snapshot.resolve(file.name() + ".tmp");
            Files.copy(blob, temporary, StandardCopyOption.REPLACE_EXISTING);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void write(Path directory, String name, String text) throws IOException {
        Files.createDirectories(directory);
        Path temporary = directory.resolve("." + name + "." + UUID.randomUUID() + ".tmp");
        Files.writeString(temporary, text, StandardCharsets.UTF_8);
        Files.move(
                temporary,
                directory.resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private URI address(String repository, String kind, String commit, String name) {
        return URI.create(settings.endpoint() + "/" + repository + "/" + kind + "/" + commit + "/" + encode(name));
    }

    private static String header(HttpResponse<?> response, String first, String second) {
        return response.headers()
                .firstValue(first)
                .or(() -> response.headers().firstValue(second))
                .orElse("");
    }

    private static String reason(IOException e) {
        if (e instanceof ConnectException) {
            return "no connection; check the network and HF_ENDPOINT";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
