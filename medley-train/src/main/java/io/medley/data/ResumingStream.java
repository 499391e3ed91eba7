package io.medley.data;

import io.medley.tensor.MedleyException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The bytes of a remote file. When the connection breaks or stalls, it asks for the rest, of the same file only. */
final class ResumingStream extends InputStream {
    private final RemoteFiles files;
    private final String address;
    private final long length;
    private final String validator;
    private @Nullable InputStream body;
    private long position;

    ResumingStream(RemoteFiles files, String address) throws IOException {
        this.files = files;
        this.address = address;
        HttpResponse<InputStream> first = first();
        this.body = first.body();
        this.length = first.headers().firstValueAsLong("Content-Length").orElse(Long.MAX_VALUE);
        // Weak tags do not promise equal bytes.
        this.validator = first.headers()
                .firstValue("ETag")
                .filter(tag -> !tag.startsWith("W/"))
                .or(() -> first.headers().firstValue("Last-Modified"))
                .orElse("");
    }

    private HttpResponse<InputStream> first() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return files.get(address, 0, "");
            } catch (IOException e) {
                if (!files.again(attempt)) {
                    throw e;
                }
            }
        }
    }

    /** Bytes in all, {@code Long.MAX_VALUE} if the server does not say. */
    long length() {
        return length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                int read = readOnce(bytes, offset, count);
                if (read < 0 && position < length && length != Long.MAX_VALUE) {
                    throw new EOFException("the connection ended after " + position + " of " + length + " bytes");
                }
                position += Math.max(0, read);
                return read;
            } catch (MedleyException e) {
                // The file is gone or another: trying again is of no use.
                throw new IOException(e.getMessage(), e);
            } catch (IOException e) {
                drop();
                if (!files.again(attempt)) {
                    throw new IOException(address + ": " + e.getMessage(), e);
                }
            }
        }
    }

    private int readOnce(byte[] bytes, int offset, int count) throws IOException {
        InputStream in = body;
        if (in == null) {
            in = rest();
            body = in;
        }
        InputStream watched = in;
        // Closing the body wakes the thread that waits for it.
        var alarm = new CompletableFuture<Void>();
        alarm.orTimeout(files.stall().toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> {
            closeQuietly(watched);
            return null;
        });
        try {
            return in.read(bytes, offset, count);
        } finally {
            alarm.complete(null);
        }
    }

    /** The body from the position on. */
    private InputStream rest() throws IOException {
        HttpResponse<InputStream> response = files.get(address, position, validator);
        boolean part = response.statusCode() == 206;
        String range = response.headers().firstValue("Content-Range").orElse("");
        long total = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        if (part && range.startsWith("bytes " + position + "-")) {
            return response.body();
        }
        boolean same = length == Long.MAX_VALUE || total == length;
        if (part || !same || !(validator.isEmpty() || validator.equals(validator(response)))) {
            response.body().close();
            throw new MedleyException(address + ": has changed while it was read; start again");
        }
        // The server knows no parts: what was read already is read again.
        response.body().skipNBytes(position);
        return response.body();
    }

    private static String validator(HttpResponse<?> response) {
        return response.headers()
                .firstValue("ETag")
                .or(() -> response.headers().firstValue("Last-Modified"))
                .orElse("");
    }

    private void drop() {
        if (body != null) {
            closeQuietly(body);
            body = null;
        }
    }

    /** A connection that is given up: what closing it says is of no interest to anybody. */
    private static void closeQuietly(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            // Nothing can be lost: the stream was only read.
        }
    }

    @Override
    public void close() {
        drop();
    }
}
