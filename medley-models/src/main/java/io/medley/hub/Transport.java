package io.medley.hub;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Requests to the hub: follows redirects itself so that the token never leaves the endpoint's host. */
final class Transport {
    private static final int MOST_REDIRECTS = 10;
    private final HubSettings settings;
    private final HttpClient client;

    Transport(HubSettings settings) {
        this.settings = settings;
        this.client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(20))
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** The answer to a GET after redirects, whatever its status; {@code from} greater than 0 asks for the rest of a file only. */
    HttpResponse<InputStream> get(URI address, long from) throws IOException {
        return follow("GET", address, from, false);
    }

    /**
     * The answer to a HEAD; redirects within the host (renamed repositories) are followed, one to another host (the store of large files)
     * is returned, since the headers wanted are on it.
     */
    HttpResponse<InputStream> head(URI address) throws IOException {
        return follow("HEAD", address, 0, true);
    }

    private HttpResponse<InputStream> follow(String method, URI start, long from, boolean stopAtOtherHost)
            throws IOException {
        URI address = start;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            HttpResponse<InputStream> response = send(request(method, address, from));
            int status = response.statusCode();
            Optional<String> location = response.headers().firstValue("Location");
            if (status < 301 || status > 308 || status == 304 || location.isEmpty()) {
                return response;
            }
            URI next = target(address, location.get());
            if (stopAtOtherHost && !sameHost(address, next)) {
                return response;
            }
            response.body().close();
            address = next;
        }
        throw new MedleyException(start + ": more than " + MOST_REDIRECTS + " redirects; check HF_ENDPOINT");
    }

    private HttpRequest request(String method, URI address, long from) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(settings.stall())
                .header("User-Agent", "medley")
                .header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (sameHost(settings.endpoint(), address)) {
            settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        }
        return request.build();
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(request.uri() + ": interrupted");
        }
    }

    private static URI target(URI from, String location) {
        URI next;
        try {
            next = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new MedleyException(from + ": redirects to \"" + location + "\", which is not an address", e);
        }
        boolean http = "http".equals(next.getScheme());
        if (!http && !"https".equals(next.getScheme())) {
            throw new MedleyException(from + ": redirects to " + next + "; only http and https are followed");
        }
        if (http && "https".equals(from.getScheme())) {
            throw new MedleyException(
                    from + ": redirects from https to " + next + ", which is not secure; nothing was loaded");
        }
        return next;
    }

    private static boolean sameHost(URI a, URI b) {
        return a.getScheme().equals(b.getScheme())
                && a.getHost() != null
                && a.getHost().equalsIgnoreCase(b.getHost())
                && a.getPort() == b.getPort();
    }
}
