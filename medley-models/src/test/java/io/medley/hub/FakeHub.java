package io.medley.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A hub on the loopback interface that can be told to misbehave. The store of large files is a second server (another port: another host). */
final class FakeHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    final Map<String, byte[]> files = new LinkedHashMap<>();
    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    /** Answered instead of content, by request path prefix; removed once used if negative. */
    volatile int status = 200;

    volatile Optional<String> requiredToken = Optional.empty();
    /** The store breaks off after this many bytes of a body, this many times. */
    volatile int truncateAfter = Integer.MAX_VALUE;

    volatile int truncations = 0;
    volatile boolean corrupt = false;
    volatile boolean tooLong = false;
    volatile boolean ignoreRange = false;
    volatile boolean redirectForever = false;
    volatile boolean stall = false;

    private final HttpServer hub;
    private final HttpServer store;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    FakeHub() throws IOException {
        hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/", this::hub);
        store.createContext("/", this::store);
        hub.setExecutor(threads);
        store.setExecutor(threads);
        hub.start();
        store.start();
    }

    HubSettings settings(Optional<String> token) {
        return new HubSettings(
                URI.create(address(hub)), token, 3, Duration.ofMillis(1), Duration.ofMillis(stall ? 300 : 10_000));
    }

    @Override
    public void close() {
        hub.stop(0);
        store.stop(0);
        threads.shutdownNow();
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String gitSha1(byte[] content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String address(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void hub(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String token = exchange.getRequestHeaders().getFirst("Authorization");
        log.add(exchange.getRequestMethod() + " " + path + (token == null ? "" : " " + token));
        if (requiredToken.isPresent() && !("Bearer " + requiredToken.get()).equals(token)) {
            answer(exchange, 401, new byte[0]);
        } else if (status != 200) {
            answer(exchange, status, new byte[0]);
        } else if (redirectForever) {
            redirect(exchange, address(hub) + path + "x");
        } else if (path.startsWith("/old/name/")) {
            redirect(exchange, path.replace("/old/name/", "/org/tiny/"));
        } else if (path.equals("/api/models/old/name/revision/main")) {
            redirect(exchange, "/api/models/org/tiny/revision/main");
        } else if (path.equals("/api/models/org/tiny/revision/main")) {
            answer(exchange, 200, listing().getBytes(StandardCharsets.UTF_8));
        } else if (path.startsWith("/org/tiny/resolve/" + COMMIT + "/")) {
            resolve(exchange, path.substring(path.lastIndexOf('/') + 1));
        } else {
            answer(exchange, 404, new byte[0]);
        }
    }

    private String listing() {
        List<String> entries = files.keySet().stream()
                .map(name -> "{\"rfilename\":\"" + name + "\"}")
                .toList();
        return "{\"sha\":\"" + COMMIT + "\",\"siblings\":[" + String.join(",", entries) + "]}";
    }

    private void resolve(HttpExchange exchange, String name) throws IOException {
        byte[] content = files.get(name);
        if (content == null) {
            answer(exchange, 404, new byte[0]);
            return;
        }
        if (name.endsWith(".safetensors") || name.endsWith(".bin")) {
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + sha256(content) + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", Integer.toString(content.length));
            redirect(exchange, address(store) + "/" + name);
            return;
        }
        exchange.getResponseHeaders().set("ETag", "\"" + gitSha1(content) + "\"");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        } else {
            answer(exchange, 200, content);
        }
    }

    private void store(HttpExchange exchange) throws IOException {
        String name = exchange.getRequestURI().getPath().substring(1);
        String range = exchange.getRequestHeaders().getFirst("Range");
        log.add("STORE " + name + (range == null ? "" : " " + range)
                + (exchange.getRequestHeaders().getFirst("Authorization") == null ? "" : " TOKEN LEAKED"));
        byte[] content = files.get(name).clone();
        if (corrupt) {
            content[content.length / 2] ^= 1;
        }
        int from = range == null || ignoreRange ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        int length = content.length - from;
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        boolean cut = truncations > 0;
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, tooLong ? 0 : length);
        OutputStream out = exchange.getResponseBody();
        if (cut) {
            truncations--;
            out.write(content, from, Math.min(truncateAfter, length));
            out.flush();
            if (stall) {
                sleep();
            }
        } else {
            out.write(content, from, length);
            if (tooLong) {
                out.write(content);
            }
        }
        exchange.close();
    }

    private static void sleep() {
        try {
            Thread.sleep(3000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void redirect(HttpExchange exchange, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }
}
