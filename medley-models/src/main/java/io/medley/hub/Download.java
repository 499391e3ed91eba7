package io.medley.hub;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Brings one file into the cache: goes on where an earlier attempt stopped, checks size and hash, and only then gives it its name. */
final class Download {
    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private final Transport transport;
    private final HubSettings settings;
    private final PullListener listener;
    private final ScheduledExecutorService watchdog;

    Download(Transport transport, HubSettings settings, PullListener listener, ScheduledExecutorService watchdog) {
        this.transport = transport;
        this.settings = settings;
        this.listener = listener;
        this.watchdog = watchdog;
    }

    /** Fetches to {@code target}, through {@code target.incomplete} beside it. */
    void fetch(URI address, HubFile file, Path target) throws IOException {
        Path incomplete = target.resolveSibling(target.getFileName() + ".incomplete");
        Path directory = Objects.requireNonNull(target.toAbsolutePath().getParent());
        Files.createDirectories(directory);
        checkSpace(file, incomplete, directory);
        long pause = settings.pause().toMillis();
        for (int attempt = 1; ; attempt++) {
            try {
                receive(address, file, incomplete);
                verify(file, incomplete);
                Files.move(incomplete, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return;
            } catch (IOException e) {
                if (attempt >= settings.attempts() || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                listener.retry(file.name(), String.valueOf(e.getMessage()));
                sleep(pause);
                pause *= 2;
            }
        }
    }

    private void receive(URI address, HubFile file, Path incomplete) throws IOException {
        long have = Files.exists(incomplete) ? Files.size(incomplete) : 0;
        if (have > file.size()) {
            Files.delete(incomplete);
            have = 0;
        }
        listener.begin(file.name(), have, file.size());
        if (have == file.size() && Files.exists(incomplete)) {
            return;
        }
        HttpResponse<InputStream> response = transport.get(address, have);
        try (InputStream body = response.body()) {
            if (response.statusCode() == RANGE_NOT_SATISFIABLE) {
                Files.deleteIfExists(incomplete);
                throw new IOException("the server does not have the rest of the file; starting over");
            }
            HubErrors.check(response, file.name(), address);
            boolean resumed = response.statusCode() == PARTIAL_CONTENT && startsAt(response, have);
            if (!resumed && have > 0) {
                listener.begin(file.name(), 0, file.size());
            }
            copy(body, incomplete, resumed, file);
        }
    }

    private void copy(InputStream body, Path incomplete, boolean append, HubFile file) throws IOException {
        long total = append ? Files.size(incomplete) : 0;
        AtomicLong lastByte = new AtomicLong(System.nanoTime());
        ScheduledFuture<?> guard = guard(body, lastByte);
        byte[] buffer = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(
                incomplete,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING)) {
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                lastByte.set(System.nanoTime());
                total += n;
                if (total > file.size()) {
                    Files.delete(incomplete);
                    throw new MedleyException(file.name() + ": the server sends more than the " + file.size()
                            + " bytes it announced; nothing was kept");
                }
                write(out, buffer, n, incomplete);
                listener.received(n);
            }
        } finally {
            guard.cancel(false);
        }
        if (total < file.size()) {
            throw new IOException("the connection ended after " + total + " of " + file.size() + " bytes");
        }
    }

    /** A disk that is full does not get better by trying again; what came is kept so that the next pull can go on. */
    private static void write(OutputStream out, byte[] buffer, int length, Path to) {
        try {
            out.write(buffer, 0, length);
        } catch (IOException e) {
            throw new MedleyException(to + ": cannot be written (" + e.getMessage() + "); make room or set HF_HOME", e);
        }
    }

    /** Closing the body from outside is the one way to end a read that will never return. */
    private ScheduledFuture<?> guard(InputStream body, AtomicLong lastByte) {
        long limit = settings.stall().toNanos();
        long period = Math.max(1_000_000, limit / 4);
        return watchdog.scheduleWithFixedDelay(
                () -> {
                    if (System.nanoTime() - lastByte.get() > limit) {
                        closeQuietly(body);
                    }
                },
                period,
                period,
                TimeUnit.NANOSECONDS);
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            // The reading thread reports the broken stream; there is nothing to add here.
        }
    }

    private static void verify(HubFile file, Path incomplete) throws IOException {
        Optional<String> hash = ContentHash.of(incomplete, file.etag());
        if (hash.isPresent() && !hash.get().equals(file.etag())) {
            Files.delete(incomplete);
            throw new MedleyException(file.name() + ": its hash is " + hash.get() + " but the hub announced "
                    + file.etag() + "; the file was removed, pull again");
        }
    }

    private static void checkSpace(HubFile file, Path incomplete, Path directory) throws IOException {
        long have = Files.exists(incomplete) ? Files.size(incomplete) : 0;
        long free = Files.getFileStore(directory).getUsableSpace();
        if (file.size() - have > free) {
            throw new MedleyException(file.name() + ": needs " + (file.size() - have) + " bytes but only " + free
                    + " are free in " + directory + "; make room or set HF_HOME");
        }
    }

    private static boolean startsAt(HttpResponse<?> response, long offset) {
        return response.headers().firstValue("Content-Range").orElse("").startsWith("bytes " + offset + "-");
    }

    private static void sleep(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
