package io.medley.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.evaluate.Example;
import io.medley.evaluate.Picture;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Sentences about two pictures say what the scenes hold, and their truth cannot be read off them. */
class ScenesExamplesTest {
    private static final int COUNT = 240;

    private static boolean shows(Picture picture, String plural) {
        long index = Long.parseLong(picture.name().substring(picture.name().indexOf(' ') + 1));
        return Scenes.of(SceneSplit.TEST).scene(index).groups().stream()
                .anyMatch(group -> group.kind().plural().equals(plural));
    }

    private static boolean isTrue(Example.Pair pair) {
        var words = pair.sentence().split(" are in ");
        boolean left = shows(pair.first(), words[0]);
        boolean right = shows(pair.second(), words[0]);
        return switch (words[1]) {
            case "both pictures" -> left && right;
            case "only one picture" -> left != right;
            case "the left picture" -> left;
            case "the right picture" -> right;
            default -> throw new AssertionError(pair.sentence());
        };
    }

    @Test
    void truthIsTheScenes() {
        for (var pair : new ScenesExamples(SceneSplit.TEST, 32).pairs(0, COUNT)) {
            assertThat(isTrue(pair)).as(pair.sentence()).isEqualTo(pair.truth());
        }
    }

    @Test
    void noSentenceTellsItsTruth() {
        var pairs = new ScenesExamples(SceneSplit.TEST, 32).pairs(0, COUNT);
        Map<String, Double> shares = pairs.stream()
                .collect(Collectors.groupingBy(
                        pair -> pair.sentence().split(" are in ")[1],
                        TreeMap::new,
                        Collectors.averagingDouble(pair -> pair.truth() ? 1 : 0)));
        assertThat(shares).hasSize(4);
        assertThat(shares.get("both pictures")).isEqualTo(0.5);
        assertThat(shares.get("only one picture")).isEqualTo(0.5);
        assertThat(shares.get("the left picture")).isBetween(0.3, 0.7);
        assertThat(shares.get("the right picture")).isBetween(0.3, 0.7);
    }
}
