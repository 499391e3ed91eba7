package io.medley.hub;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Where the hub is and how patiently to talk to it.
 *
 * @param endpoint address of the hub without a final slash
 * @param token access token for private and gated repositories; sent to the endpoint's own host only
 * @param attempts how often one file is tried before giving up, at least 1
 * @param pause wait before the second attempt; doubled before each further one
 * @param stall longest silence of the server before an attempt is given up
 */
public record HubSettings(URI endpoint, Optional<String> token, int attempts, Duration pause, Duration stall) {
    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
    private static final long LARGEST_TOKEN_FILE = 4096;

    public HubSettings {
        String scheme = endpoint.getScheme();
        if (!("https".equals(scheme) || "http".equals(scheme)) || endpoint.getHost() == null) {
            throw new MedleyException(
                    "HF_ENDPOINT is " + endpoint + "; expected an address such as " + DEFAULT_ENDPOINT);
        }
    }

    /** HF_ENDPOINT; HF_TOKEN, else the file HF_TOKEN_PATH, else HF_HOME/token, else ~/.cache/huggingface/token. */
    public static HubSettings fromEnvironment(Map<String, String> environment) {
        String address = environment.getOrDefault("HF_ENDPOINT", "").strip();
        if (address.isEmpty()) {
            address = DEFAULT_ENDPOINT;
        }
        while (address.endsWith("/")) {
            address = address.substring(0, address.length() - 1);
        }
        URI endpoint;
        try {
            endpoint = URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new MedleyException(
                    "HF_ENDPOINT is " + address + "; expected an address such as " + DEFAULT_ENDPOINT, e);
        }
        return new HubSettings(endpoint, token(environment), 5, Duration.ofSeconds(1), Duration.ofSeconds(60));
    }

    /** Leaves the token out. */
    @Override
    public String toString() {
        return "HubSettings[" + endpoint + (token.isPresent() ? ", with token" : "") + "]";
    }

    private static Optional<String> token(Map<String, String> environment) {
        String direct = environment.getOrDefault("HF_TOKEN", "").strip();
        if (!direct.isEmpty()) {
            return Optional.of(direct);
        }
        Path file = tokenFile(environment);
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LARGEST_TOKEN_FILE) {
                return Optional.empty();
            }
            String stored = Files.readString(file, StandardCharsets.UTF_8).strip();
            return stored.isEmpty() ? Optional.empty() : Optional.of(stored);
        } catch (IOException e) {
            throw new MedleyException(
                    file + ": the token cannot be read (" + e.getMessage() + "); set HF_TOKEN instead", e);
        }
    }

    private static Path tokenFile(Map<String, String> environment) {
        String path = environment.getOrDefault("HF_TOKEN_PATH", "");
        if (!path.isBlank()) {
            return Path.of(path);
        }
        String home = environment.getOrDefault("HF_HOME", "");
        return home.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "huggingface", "token")
                : Path.of(home, "token");
    }
}
