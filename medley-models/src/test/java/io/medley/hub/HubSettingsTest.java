package io.medley.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubSettingsTest {
    @TempDir
    Path home;

    @Test
    void theEnvironmentIsHonoured() throws IOException {
        Files.writeString(home.resolve("token"), "stored\n");
        HubSettings settings = HubSettings.fromEnvironment(
                Map.of("HF_HOME", home.toString(), "HF_ENDPOINT", "https://mirror.example/"));
        assertThat(settings.endpoint()).hasToString("https://mirror.example");
        assertThat(settings.token()).contains("stored");
        assertThat(HubSettings.fromEnvironment(Map.of("HF_HOME", home.toString(), "HF_TOKEN", "direct"))
                        .token())
                .contains("direct");
        assertThat(HubSettings.fromEnvironment(
                                Map.of("HF_HOME", home.resolve("none").toString()))
                        .token())
                .isEmpty();
    }

    @Test
    void cacheDirectoryFollowsTheSameVariablesAsThePythonLibraries() {
        assertThat(HubCache.fromEnvironment(Map.of("HF_HOME", "/h")).root()).isEqualTo(Path.of("/h/hub"));
        assertThat(HubCache.fromEnvironment(Map.of("HF_HOME", "/h", "HF_HUB_CACHE", "/c"))
                        .root())
                .isEqualTo(Path.of("/c"));
        assertThat(HubCache.fromEnvironment(Map.of("XDG_CACHE_HOME", "/x")).root())
                .isEqualTo(Path.of("/x/huggingface/hub"));
        assertThat(HubCache.fromEnvironment(Map.of()).root())
                .isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "huggingface", "hub"));
    }

    @Test
    void aUselessEndpointIsNamed() {
        for (String address : new String[] {"ftp://x", "hub", "http:// x", "file:///etc/passwd"}) {
            assertThatThrownBy(() -> HubSettings.fromEnvironment(Map.of("HF_ENDPOINT", address)))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("HF_ENDPOINT");
        }
    }
}
