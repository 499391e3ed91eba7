package io.medley.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubClientTest {
    private static final PullListener SILENT = new PullListener() {};

    @TempDir
    Path home;

    private final FakeHub hub;
    private final byte[] weights = new byte[300_000];

    HubClientTest() throws IOException {
        hub = new FakeHub();
    }

    @BeforeEach
    void files() {
        new Random(7).nextBytes(weights);
        hub.files.put("config.json", "{\"model_type\":\"blip\"}".getBytes(StandardCharsets.UTF_8));
        hub.files.put("vocab.txt", "[PAD]\na\n".getBytes(StandardCharsets.UTF_8));
        hub.files.put("model.safetensors", weights);
        hub.files.put("pytorch_model.bin", new byte[] {1});
        hub.files.put("tf_model.h5", new byte[] {1});
        hub.files.put("README.md", new byte[] {1});
        hub.files.put("onnx/model.safetensors", new byte[] {1});
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void pullsWhatIsNeededIntoTheSharedLayout() throws IOException {
        Path snapshot = pull("org/tiny");

        assertThat(snapshot).isEqualTo(home.resolve("models--org--tiny/snapshots/" + FakeHub.COMMIT));
        try (Stream<Path> names = Files.list(snapshot)) {
            assertThat(names.map(name -> name.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "vocab.txt", "model.safetensors");
        }
        assertThat(Files.readAllBytes(snapshot.resolve("model.safetensors"))).isEqualTo(weights);
        assertThat(home.resolve("models--org--tiny/blobs/" + FakeHub.sha256(weights)))
                .hasBinaryContent(weights);
        assertThat(Files.isSymbolicLink(snapshot.resolve("model.safetensors"))).isTrue();
        assertThat(home.resolve("models--org--tiny/refs/main")).hasContent(FakeHub.COMMIT);
        assertThat(cache().snapshot("org/tiny")).contains(snapshot);
        assertThat(cache().repositories()).containsExactly("org/tiny");
    }

    @Test
    void secondPullFetchesNothingAgain() throws IOException {
        pull("org/tiny");
        hub.log.clear();
        pull("org/tiny");
        assertThat(hub.log).noneMatch(line -> line.startsWith("STORE") || line.startsWith("GET /org"));
    }

    @Test
    void torchWeightsAreTakenWhenThereAreNoSafetensors() throws IOException {
        hub.files.remove("model.safetensors");
        assertThat(pull("org/tiny").resolve("pytorch_model.bin")).exists();
    }

    @Test
    void resumesWithinOnePullAfterABrokenConnection() throws IOException {
        hub.truncateAfter = 100_000;
        hub.truncations = 2;
        List<String> retries = new ArrayList<>();
        Path snapshot = new HubClient(hub.settings(Optional.empty()), cache())
                .pull("org/tiny", "main", new PullListener() {
                    @Override
                    public void retry(String name, String reason) {
                        retries.add(name);
                    }
                });
        assertThat(Files.readAllBytes(snapshot.resolve("model.safetensors"))).isEqualTo(weights);
        assertThat(retries).containsExactly("model.safetensors", "model.safetensors");
        assertThat(hub.log).anyMatch(line -> line.matches("STORE model.safetensors bytes=[1-9]\\d*-"));
    }

    @Test
    void resumesInALaterPull() throws IOException {
        hub.truncateAfter = 50_000;
        hub.truncations = 3;
        assertThatThrownBy(() -> pull("org/tiny")).isInstanceOf(IOException.class);
        assertThat(cache().snapshot("org/tiny")).isEmpty();
        Path incomplete = home.resolve("models--org--tiny/blobs/" + FakeHub.sha256(weights) + ".incomplete");
        assertThat(incomplete).exists();
        assertThat(Files.size(incomplete)).isPositive();

        hub.log.clear();
        Path snapshot = pull("org/tiny");
        assertThat(Files.readAllBytes(snapshot.resolve("model.safetensors"))).isEqualTo(weights);
        assertThat(hub.log).anyMatch(line -> line.matches("STORE model.safetensors bytes=[1-9]\\d*-"));
        assertThat(incomplete).doesNotExist();
    }

    @Test
    void startsOverWhenTheServerIgnoresRanges() throws IOException {
        hub.truncateAfter = 50_000;
        hub.truncations = 1;
        hub.ignoreRange = true;
        assertThat(Files.readAllBytes(pull("org/tiny").resolve("model.safetensors")))
                .isEqualTo(weights);
    }

    @Test
    void aSilentServerIsGivenUp() {
        hub.stall = true;
        hub.truncateAfter = 10;
        hub.truncations = 3;
        assertThatThrownBy(() -> pull("org/tiny")).isInstanceOf(IOException.class);
        assertThat(cache().snapshot("org/tiny")).isEmpty();
    }

    @Test
    void leftoversCanBeRemoved() throws IOException {
        hub.truncateAfter = 50_000;
        hub.truncations = 3;
        assertThatThrownBy(() -> pull("org/tiny")).isInstanceOf(IOException.class);
        assertThat(client(Optional.empty()).removeIncomplete("org/tiny")).isEqualTo(1);
        assertThat(client(Optional.empty()).removeIncomplete("org/tiny")).isZero();
    }

    @Test
    void wrongContentIsRemovedAndNamed() throws IOException {
        hub.corrupt = true;
        assertThatThrownBy(() -> pull("org/tiny"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("model.safetensors: its hash is")
                .hasMessageContaining(FakeHub.sha256(weights));
        try (Stream<Path> blobs = Files.list(home.resolve("models--org--tiny/blobs"))) {
            assertThat(blobs.map(blob -> blob.getFileName().toString()))
                    .doesNotContain(FakeHub.sha256(weights), FakeHub.sha256(weights) + ".incomplete");
        }
    }

    @Test
    void moreBytesThanAnnouncedAreRefused() {
        hub.tooLong = true;
        assertThatThrownBy(() -> pull("org/tiny"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("sends more than the 300000 bytes");
        assertThat(home.resolve("models--org--tiny/blobs/" + FakeHub.sha256(weights) + ".incomplete"))
                .doesNotExist();
    }

    @Test
    void unknownRepositoryIsOneClearLine() {
        assertThatThrownBy(() -> pull("org/nothing"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("org/nothing: the hub answers 404")
                .hasMessageNotContaining("\n");
        assertThat(home.resolve("models--org--nothing")).doesNotExist();
    }

    @Test
    void tokenIsSentToTheHubOnly() throws IOException {
        hub.requiredToken = Optional.of("secret");
        assertThatThrownBy(() -> pull("org/tiny"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("401")
                .hasMessageContaining("HF_TOKEN")
                .hasMessageNotContaining("secret");
        client(Optional.of("secret")).pull("org/tiny", "main", SILENT);
        assertThat(hub.log).noneMatch(line -> line.contains("TOKEN LEAKED"));
        assertThat(hub.settings(Optional.of("secret")).toString()).doesNotContain("secret");
    }

    @Test
    void renamedRepositoriesAreFollowed() throws IOException {
        assertThat(pull("old/name").resolve("model.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void endlessRedirectsEnd() {
        hub.redirectForever = true;
        assertThatThrownBy(() -> pull("org/tiny"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("more than 10 redirects");
    }

    @Test
    void anUnwellHubIsTriedAgainThenReported() {
        hub.status = 503;
        assertThatThrownBy(() -> pull("org/tiny"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("503");
        assertThat(hub.log).hasSize(3);
    }

    @Test
    void noConnectionIsReportedAtOnce() {
        HubSettings settings = hub.settings(Optional.empty());
        hub.close();
        assertThatThrownBy(() -> new HubClient(settings, cache()).pull("org/tiny", "main", SILENT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no connection; check the network");
    }

    @Test
    void namesCannotLeaveTheCache() {
        for (String name : List.of("../x", "a/../b", "a/b/c", "", "a/..", "/etc", "a\\b", "a--b/c", "x y")) {
            assertThatThrownBy(() -> pull(name))
                    .as(name)
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("not a repository name");
        }
        assertThatThrownBy(() -> client(Optional.empty()).pull("org/tiny", "../../x", SILENT))
                .isInstanceOf(MedleyException.class);
        assertThat(hub.log).isEmpty();
    }

    @Test
    void hostileFileNamesInTheListAreIgnored() throws IOException {
        hub.files.put("../../evil.json", new byte[] {1});
        hub.files.put("..json", new byte[] {1});
        hub.files.put("a%2fb.json", new byte[] {1});
        pull("org/tiny");
        try (Stream<Path> all = Files.walk(home)) {
            assertThat(all.map(path -> path.getFileName().toString())).noneMatch(name -> name.contains("evil"));
        }
        for (Path above = home.getParent(); above != null; above = above.getParent()) {
            assertThat(above.resolve("evil.json")).doesNotExist();
        }
    }

    private Path pull(String repository) throws IOException {
        return client(Optional.empty()).pull(repository, "main", SILENT);
    }

    private HubClient client(Optional<String> token) {
        return new HubClient(hub.settings(token), cache());
    }

    private HubCache cache() {
        return new HubCache(home);
    }
}
