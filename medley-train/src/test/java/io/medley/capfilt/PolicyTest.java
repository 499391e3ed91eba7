package io.medley.capfilt;

import static io.medley.capfilt.Verdict.BELOW_THRESHOLD;
import static io.medley.capfilt.Verdict.DUPLICATE;
import static io.medley.capfilt.Verdict.EMPTY;
import static io.medley.capfilt.Verdict.KEPT;
import static io.medley.capfilt.Verdict.OUTRANKED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyTest {
    private static ScoredText text(String text, double logit, double cosine, double clip) {
        return new ScoredText(TextSource.SYNTHETIC, 0, text, -1, 1 / (1 + Math.exp(-logit)), logit, cosine, clip);
    }

    private static final List<ScoredText> TEXTS = List.of(
            text("web text", -1, 0.9, Double.NaN),
            text("a cat", 50, 0.1, Double.NaN),
            text("a dog", 51, 0.2, Double.NaN),
            text("A cat!", 50, 0.1, Double.NaN),
            text("a bird", 0, 0.3, Double.NaN),
            ScoredText.unscored(TextSource.SYNTHETIC, 4, " ", -1));

    @Test
    void paperKeepsWhatReachesTheThreshold() {
        assertThat(new Policy.Paper(0.5).judge(TEXTS))
                .containsExactly(BELOW_THRESHOLD, KEPT, KEPT, DUPLICATE, KEPT, EMPTY);
    }

    @Test
    void bestOfTellsSaturatedProbabilitiesApart() {
        assertThat(TEXTS.get(1).probability()).isEqualTo(TEXTS.get(2).probability());
        assertThat(new Policy.BestOf(0.5).judge(TEXTS))
                .containsExactly(BELOW_THRESHOLD, OUTRANKED, KEPT, DUPLICATE, OUTRANKED, EMPTY);
        assertThat(new Policy.BestOf(0.5).judge(TEXTS.subList(0, 1))).containsExactly(BELOW_THRESHOLD);
    }

    @Test
    void topKKeepsAtMostK() {
        assertThat(new Policy.TopK(2, 0.5).judge(TEXTS))
                .containsExactly(BELOW_THRESHOLD, KEPT, KEPT, DUPLICATE, OUTRANKED, EMPTY);
        assertThat(new Policy.TopK(9, 0).judge(TEXTS)).containsExactly(KEPT, KEPT, KEPT, DUPLICATE, KEPT, EMPTY);
    }

    @Test
    void clipRankAsksNoThresholdAndFallsBackToItc() {
        assertThat(new Policy.ClipRank(2).judge(TEXTS))
                .containsExactly(KEPT, OUTRANKED, OUTRANKED, DUPLICATE, KEPT, EMPTY);
        var scored = List.of(text("a", 0, 0.9, 0.1), text("b", 0, 0.1, 0.9));
        assertThat(new Policy.ClipRank(1).judge(scored)).containsExactly(OUTRANKED, KEPT);
    }

    @Test
    void earlierOfEqualsIsKept() {
        var equal = List.of(text("a", 1, 0, 0), text("b", 1, 0, 0));
        assertThat(new Policy.BestOf(0).judge(equal)).containsExactly(KEPT, OUTRANKED);
    }

    @Test
    void namesAndNumbersAreChecked() {
        for (var word : List.of("paper", "best-of", "top-k", "clip-rank")) {
            assertThat(Policy.of(word, 0.5, 2).word()).isEqualTo(word);
        }
        assertThatThrownBy(() -> Policy.of("best", 0.5, 1))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("best-of");
        assertThatThrownBy(() -> new Policy.Paper(1.5)).isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> new Policy.TopK(0, 0.5)).isInstanceOf(MedleyException.class);
    }
}
