package io.medley.model.blip;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.Models;
import io.medley.model.reference.CaseResult;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every stored result of the originals, recomputed. */
class BlipReplayTest {
    private static final Path ROOT = Path.of("src/test/resources/reference");

    @ParameterizedTest
    @ValueSource(strings = {"vit", "blip/base", "blip/itm", "blip/pretrain"})
    void equalsTheOriginal(String name) throws IOException {
        assertThat(replay(ROOT.resolve(name))).isNotEmpty().allMatch(CaseResult::ok);
    }

    private static List<CaseResult> replay(Path path) throws IOException {
        try (var directory = ReferenceDirectory.open(path)) {
            var results = new Comparison(directory);
            var replay = Models.replays().stream()
                    .filter(r -> r.recognises(directory))
                    .findFirst()
                    .orElseThrow();
            replay.run(directory, results);
            return results.results();
        }
    }
}
