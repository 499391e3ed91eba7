package io.medley.data;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;

/** Files on HTTP(S) servers. Nothing is asked for unless a data set names an address. Safe to use from several threads. */
public final class RemoteFiles {
    private static final Duration CONNECT = Duration.ofSeconds(20);

    private final HttpClient client;
    private final Duration stall;
    private final Duration pause;
    private final int attempts;

    /**
     * How patient to be.
     *
     * @param stall time without an answer or a byte after which a connection counts as broken
     * @param attempts tries without a byte of progress, at least 1
     * @param pause before the second try; doubles with each further one
     */
    public RemoteFiles(Duration stall, int attempts, Duration pause) {
        if (attempts < 1) {
            throw new MedleyException("remote files: attempts " + attempts + ": must be 1 or more");
        }
        this.stall = stall;
        this.attempts = attempts;
        this.pause = pause;
        this.client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    /** A minute without a byte, five attempts, a second before the second. */
    public RemoteFiles() {
        this(Duration.ofSeconds(60), 5, Duration.ofSeconds(1));
    }

    /** Whether a source is an address and not a path. */
    public static boolean isAddress(String source) {
        String lower = source.toLowerCase(Locale.ROOT);
        return lower.startsWith("http://") || lower.startsWith("https://");
    }

    /**
     * A file as a stream that connects again where the connection broke.
     *
     * @throws MedleyException if there is no such file
     * @throws IOException if the server cannot be reached
     */
    ResumingStream open(String address) throws IOException {
        return new ResumingStream(this, address);
    }

    /**
     * Copies a file to this machine, connecting again where the connection breaks.
     *
     * @param file is written over
     * @throws MedleyException if there is no such file
     * @throws IOException if not all of it came
     */
    public void download(String address, Path file) throws IOException {
        try (InputStream in = open(address)) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A small file. */
    byte[] read(String address, int limit) throws IOException {
        try (InputStream in = open(address)) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new MedleyException(address + ": more than " + limit + " bytes; raise the limit");
            }
            return bytes;
        }
    }

    /** An answer with a body that starts at byte {@code from}, or at 0 where the server knows no parts. */
    HttpResponse<InputStream> get(String address, long from, String validator) throws IOException {
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(address));
        } catch (IllegalArgumentException e) {
            throw new MedleyException(address + ": not an address (" + e.getMessage() + ")", e);
        }
        request.timeout(stall).header("User-Agent", "medley").header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
            if (!validator.isEmpty()) {
                request.header("If-Range", validator);
            }
        }
        HttpResponse<InputStream> response;
        try {
            response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(address + ": interrupted");
        }
        int status = response.statusCode();
        if (status == 200 || status == 206) {
            return response;
        }
        response.body().close();
        if (status == 408 || status == 429 || status >= 500) {
            throw new IOException("the server answers " + status);
        }
        throw new MedleyException(address + ": the server answers " + status + ", expected 200; check the address");
    }

    /** Waits before attempt {@code next}, counted from 1; says whether there is one. */
    boolean again(int next) throws IOException {
        if (next >= attempts) {
            return false;
        }
        try {
            Thread.sleep(pause.toMillis() << Math.min(next - 1, 6));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    Duration stall() {
        return stall;
    }
}
