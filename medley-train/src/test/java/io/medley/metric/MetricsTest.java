package io.medley.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;

class MetricsTest {
    /** reference/metrics/captions.json, pycocoevalcap; 1e-9 relative. */
    @Test
    void ciderEqualsTheCocoEvaluation() throws Exception {
        var json = new ObjectMapper().readTree(getClass().getResourceAsStream("/reference/metrics/captions.json"));
        var references = new ArrayList<List<String>>();
        var captions = new ArrayList<String>();
        for (var item : json.get("items")) {
            var sentences = new ArrayList<String>();
            item.get("references").forEach(r -> sentences.add(r.asString()));
            references.add(sentences);
            captions.add(item.get("hypothesis").asString());
        }
        var cider = new Cider(references);
        for (int i = 0; i < captions.size(); i++) {
            double expected = json.get("items").get(i).get("CIDEr").asDouble();
            assertThat(cider.score(i, captions.get(i))).isCloseTo(expected, within(1e-9 * Math.max(1, expected)));
        }
        assertThat(cider.corpus(captions))
                .isCloseTo(json.get("corpus").get("CIDEr").asDouble(), within(1e-9));
    }

    @Test
    void recallCountsRightAnswersAmongTheBest() {
        float[][] scores = {{.9f, .1f, .2f}, {.5f, .4f, .1f}, {.3f, .2f, .1f}};
        assertThat(Ranking.recallAt(1, scores)).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(Ranking.recallAt(2, scores)).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(Ranking.recallAt(3, scores)).isEqualTo(1);
        assertThat(Ranking.recallAt(1, new float[100][100])).isEqualTo(.01);
        assertThat(Ranking.transpose(scores)[0]).containsExactly(.9f, .5f, .3f);
    }

    @Test
    void aucIsTheChanceOfTheRightOrder() {
        assertThat(Ranking.auc(new double[] {2, 3}, new double[] {0, 1})).isEqualTo(1);
        assertThat(Ranking.auc(new double[] {0, 1}, new double[] {2, 3})).isEqualTo(0);
        assertThat(Ranking.auc(new double[] {1, 1}, new double[] {1, 1})).isEqualTo(.5);
        assertThat(Ranking.auc(new double[] {1, 3}, new double[] {2, 0})).isEqualTo(.75);
    }
}
