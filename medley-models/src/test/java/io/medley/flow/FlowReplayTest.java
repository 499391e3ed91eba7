package io.medley.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.flow.reference.FlowReplay;
import io.medley.model.reference.CaseResult;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer and flow of nflows, normflows and zuko: forward, inverse, log-determinants, gradients. */
class FlowReplayTest {
    private static final Path ROOT = Path.of("src/test/resources/reference/nflows");

    static List<String> directories() throws IOException {
        try (var all = Files.list(ROOT)) {
            return all.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("directories")
    void equalsTheOriginal(String name) throws IOException {
        var results = replay(ROOT.resolve(name));
        assertThat(results).isNotEmpty();
        assertThat(results.stream().filter(result -> !result.ok())).isEmpty();
    }

    private static List<CaseResult> replay(Path path) throws IOException {
        try (var directory = ReferenceDirectory.open(path);
                var scope = Scope.open()) {
            var replay = new FlowReplay();
            assertThat(replay.recognises(directory)).isTrue();
            var results = new Comparison(directory);
            replay.run(directory, results);
            return results.results();
        }
    }
}
