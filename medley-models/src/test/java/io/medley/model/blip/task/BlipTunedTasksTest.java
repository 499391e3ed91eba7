package io.medley.model.blip.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.image.RgbImage;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFiles;
import io.medley.task.LabelScore;
import io.medley.task.Match;
import io.medley.task.Model;
import io.medley.task.Pictures;
import io.medley.task.Rankings;
import io.medley.task.RetrievalOptions;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tasks that fine-tuned heads serve. */
class BlipTunedTasksTest {
    private static final List<String> TEXTS = List.of(
            "a red cat", "a blue dog on the grass", "two cats", "the grass is red", "what is the color ?", "a dog");

    @TempDir
    static Path directory;

    private static Model model;

    @BeforeAll
    static void load() throws IOException {
        var path = TinyBlip.write(
                directory.resolve("tuned"),
                TinyBlip.config(""),
                BlipDirectory.Part.RETRIEVAL,
                BlipDirectory.Part.NLVR,
                BlipDirectory.Part.CLASSIFY);
        model = new BlipFamily().load(ModelFiles.at("tuned", path), LoadOptions.DEFAULT);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static List<RgbImage> pictures(int count) {
        var pictures = new ArrayList<RgbImage>();
        for (int i = 0; i < count; i++) {
            pictures.add(TinyBlip.picture(i));
        }
        return pictures;
    }

    private static double logit(Match match) {
        return Math.log(match.probability() / (1 - match.probability()));
    }

    @Test
    void allPairsAreRankedAsTheMatcherScoresThem() {
        var pictures = pictures(11);
        var grid = model.matcher().orElseThrow().grid(pictures, TEXTS);
        var rankings = model.retriever()
                .orElseThrow()
                .rank(Pictures.of(pictures), TEXTS, new RetrievalOptions(100, RetrievalOptions.Formula.LOGIT));
        var with = model.retriever()
                .orElseThrow()
                .rank(
                        Pictures.of(pictures),
                        TEXTS,
                        new RetrievalOptions(100, RetrievalOptions.Formula.LOGIT_PLUS_COSINE));
        assertThat(rankings.texts()).hasSize(11);
        assertThat(rankings.pictures()).hasSize(TEXTS.size());
        for (int j = 0; j < TEXTS.size(); j++) {
            var best = rankings.pictures().get(j);
            assertThat(best.partners()).hasSize(11);
            // The logit of a match and the cosine part: the sum is the best partner's of both ways to compute it.
            var sum = with.pictures().get(j);
            for (int place = 0; place < 11; place++) {
                int picture = best.partners()[place];
                double cosine = grid.get(picture).get(j).cosine();
                assertThat(sum.scores()[sum.rank(picture)] - best.scores()[place])
                        .isCloseTo((float) cosine, within(1e-5f));
            }
        }
        // The classifier has two outputs and the ranking reads one of them, so compare what is monotonous in both.
        double agreement = 0;
        for (int j = 0; j < TEXTS.size(); j++) {
            var best = rankings.pictures().get(j);
            double first = logit(grid.get(best.partners()[0]).get(j));
            double last = logit(grid.get(best.partners()[10]).get(j));
            agreement += Math.signum(first - last);
        }
        assertThat(agreement).isGreaterThan(0);
    }

    @Test
    void withoutRerankingTheCosineDecides() {
        var pictures = pictures(7);
        var retriever = model.retriever().orElseThrow();
        var embedder = model.embedder().orElseThrow();
        var rankings =
                retriever.rank(Pictures.of(pictures), TEXTS, new RetrievalOptions(0, RetrievalOptions.Formula.LOGIT));
        var expected = Rankings.byCosine(embedder.images(pictures), embedder.texts(TEXTS));
        for (int i = 0; i < pictures.size(); i++) {
            assertThat(rankings.texts().get(i).partners())
                    .containsExactly(expected.texts().get(i).partners());
            assertThat(rankings.texts().get(i).scores())
                    .containsExactly(expected.texts().get(i).scores(), within(1e-5f));
        }
    }

    @Test
    void theFewBestScoreTheSameHoweverManyAreScored() {
        var pictures = Pictures.of(pictures(9));
        var retriever = model.retriever().orElseThrow();
        var few = retriever.rank(pictures, TEXTS, new RetrievalOptions(2, RetrievalOptions.Formula.LOGIT_PLUS_COSINE));
        var all =
                retriever.rank(pictures, TEXTS, new RetrievalOptions(100, RetrievalOptions.Formula.LOGIT_PLUS_COSINE));
        for (int i = 0; i < 9; i++) {
            var best = few.texts().get(i);
            var whole = all.texts().get(i);
            assertThat(best.partners()).hasSize(2);
            for (int place = 0; place < 2; place++) {
                float same = whole.scores()[whole.rank(best.partners()[place])];
                assertThat(best.scores()[place]).isCloseTo(same, within(1e-5f));
            }
            assertThat(best.rank(-1)).isEqualTo(Integer.MAX_VALUE);
        }
    }

    @Test
    void pairsAreJudgedAloneAsTheyAreTogether() {
        var judge = model.pairJudge().orElseThrow();
        var pictures = pictures(3);
        var others = pictures(4).subList(1, 4);
        double[] together = judge.truth(pictures, others, TEXTS.subList(0, 3));
        double[] alone = judge.truth(pictures.subList(2, 3), others.subList(2, 3), TEXTS.subList(2, 3));
        assertThat(together).hasSize(3);
        assertThat(Arrays.stream(together)).allMatch(p -> p > 0 && p < 1);
        assertThat(together[2]).isCloseTo(alone[0], within(1e-6));
        assertThat(together[0]).isNotEqualTo(together[1]);
        assertThatThrownBy(() -> judge.truth(pictures, others, TEXTS.subList(0, 2)))
                .isInstanceOf(MedleyException.class);
    }

    @Test
    void categoriesAreThoseOfTraining() {
        var categorizer = model.categorizer().orElseThrow();
        assertThat(categorizer.labels()).isEqualTo(TinyBlip.LABELS);
        var scores = categorizer.categorize(pictures(2), List.of("", "a red cat"));
        assertThat(scores).allSatisfy(all -> {
            assertThat(all).hasSize(3).isSortedAccordingTo((a, b) -> Double.compare(b.probability(), a.probability()));
            assertThat(all.stream().mapToDouble(LabelScore::probability).sum()).isCloseTo(1, within(1e-5));
        });
        assertThat(scores.get(0)).isNotEqualTo(scores.get(1));
    }
}
