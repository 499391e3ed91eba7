package io.medley.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Agreement with the originals is replayed from {@code reference/metrics} in medley-models; here is what must hold anyway. */
class MetricsTest {
    private static final List<List<String>> REFERENCES = List.of(
            List.of("a red cat on a table", "the cat sits on a table"),
            List.of("two dogs run", "dogs run in the snow"));

    @Test
    void aCaptionThatIsAReferenceIsPerfect() {
        var scores = CaptionScores.of(REFERENCES, List.of("A red cat on a table.", "Dogs run in the snow!"));
        assertThat(scores.corpus().get("Bleu_4")).isCloseTo(1, within(1e-6));
        assertThat(scores.corpus().get("ROUGE_L")).isCloseTo(1, within(1e-12));
        assertThat(scores.items().get(0).get("CIDEr")).isGreaterThan(4);
    }

    @Test
    void aCaptionWithoutACommonWordIsWorthNothing() {
        var scores = CaptionScores.of(REFERENCES, List.of("boats", ""));
        assertThat(scores.corpus().values()).allMatch(value -> value < 1e-6);
    }

    @Test
    void plainCiderDoesNotPunishRepetition() {
        var words = "two dogs run two dogs run two dogs run";
        double plain = new Cider(REFERENCES, Cider.Variant.CIDER).score(1, words);
        double clipped = new Cider(REFERENCES, Cider.Variant.CIDER_D).score(1, words);
        assertThat(plain).isGreaterThan(2 * clipped);
    }

    @Test
    void diversityFallsWhenEverythingIsTheSame() {
        var same = Diversity.of(List.of("a cat", "a cat", "A cat."));
        var different = Diversity.of(List.of("a cat", "two dogs", "some boats"));
        assertThat(same.get("unique")).isZero();
        assertThat(different.get("unique")).isEqualTo(1);
        assertThat(same.get("distinct_1")).isEqualTo(2 / 6.0);
        assertThat(different.get("distinct_1")).isEqualTo(1);
        assertThat(Diversity.selfBleu(List.of("a red cat sits", "a red cat sits")))
                .isCloseTo(1, within(1e-6));
        assertThat(Diversity.selfBleu(List.of("a red cat sits", "two dogs run far")))
                .isLessThan(1e-3);
    }

    @Test
    void recallCountsRightAnswersAmongTheBest() {
        float[][] scores = {{.9f, .1f, .2f}, {.5f, .4f, .1f}, {.3f, .2f, .1f}};
        assertThat(Ranking.recallAt(1, scores)).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(Ranking.recallAt(2, scores)).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(Ranking.recallAt(3, scores)).isEqualTo(1);
        assertThat(Ranking.recallAt(1, new float[100][100])).isEqualTo(.01);
        assertThat(Ranking.transpose(scores)[0]).containsExactly(.9f, .5f, .3f);
        var recall = Recall.of(scores, List.of(new int[] {0}, new int[] {1}, new int[] {1, 2}));
        assertThat(recall.at1()).isCloseTo(100 / 3.0, within(1e-9));
        assertThat(recall.at5()).isEqualTo(100);
        assertThat(Recall.of(new int[] {0, 4, 9, Recall.NOT_FOUND})).isEqualTo(new Recall(25, 50, 75));
    }

    @Test
    void aucIsTheChanceOfTheRightOrder() {
        assertThat(Ranking.auc(new double[] {2, 3}, new double[] {0, 1})).isEqualTo(1);
        assertThat(Ranking.auc(new double[] {0, 1}, new double[] {2, 3})).isEqualTo(0);
        assertThat(Ranking.auc(new double[] {1, 1}, new double[] {1, 1})).isEqualTo(.5);
        assertThat(Ranking.auc(new double[] {1, 3}, new double[] {2, 0})).isEqualTo(.75);
    }

    @Test
    void answersAreComparedByTheRulesChosen() {
        var agreed = List.of("two", "two", "two", "two");
        var consistent = new VqaAccuracy(VqaAccuracy.Rules.CONSISTENT);
        var official = new VqaAccuracy(VqaAccuracy.Rules.OFFICIAL);
        assertThat(consistent.score("2", agreed)).isEqualTo(1);
        assertThat(official.score("2", agreed)).isZero();
        assertThat(consistent.score("2.", List.of("two"))).isEqualTo(1);
        assertThat(consistent.score("red", List.of("blue", "red", "red", "green")))
                .isCloseTo(.5, within(1e-12));
        assertThat(consistent.normalize(". ".repeat(40) + "Dont")).isEqualTo("don't");
        assertThat(official.normalize("a.".repeat(40))).contains(".");
    }
}
