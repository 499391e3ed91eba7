package io.medley.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void impossibleOptionsAreRefusedInOneLine() {
        List<ThrowingCallable> wrong = List.of(
                () -> CaptionOptions.beam(0),
                () -> CaptionOptions.beam(3).withSamples(4),
                () -> CaptionOptions.greedy().withSamples(2),
                () -> CaptionOptions.greedy().withSamples(0),
                () -> CaptionOptions.greedy().withLengths(9, 8),
                () -> CaptionOptions.greedy().withLengths(-1, 8),
                () -> CaptionOptions.greedy().withRepetitionPenalty(0.5),
                () -> CaptionOptions.greedy().withRepetitionPenalty(Double.NaN),
                () -> CaptionOptions.nucleus(0, 1, 0),
                () -> CaptionOptions.nucleus(1.1, 1, 0),
                () -> CaptionOptions.nucleus(Double.NaN, 1, 0),
                () -> new Decoding.Nucleus(0.9, 0, 0),
                () -> new Decoding.Nucleus(0.9, 1, -1),
                () -> new Decoding.Beam(2, Double.NaN),
                () -> AnswerOptions.rank(List.of()),
                () -> AnswerOptions.rank(List.of("a", " ")),
                () -> AnswerOptions.generate().withTop(0),
                () -> AnswerOptions.generate().withBeams(0),
                () -> AnswerOptions.generate().withLengths(5, 4));
        for (ThrowingCallable call : wrong) {
            assertThatThrownBy(call).isInstanceOf(MedleyException.class).hasMessageNotContaining("\n");
        }
    }

    @Test
    void changingOneValueKeepsTheOthers() {
        CaptionOptions options = CaptionOptions.nucleus(0.8, 3, 7)
                .withPrompt("a photo of ")
                .withLengths(2, 9)
                .withSeed(8)
                .withSamples(4)
                .withRepetitionPenalty(1.3);
        assertThat(options)
                .isEqualTo(new CaptionOptions(new Decoding.Nucleus(0.8, 1, 50), 4, "a photo of ", 2, 9, 1.3, 8));
    }
}
