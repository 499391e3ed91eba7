package io.medley.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class CaptionsTest {
    static Stream<JsonNode> cases() {
        return Golden.array("wordpiece/pre_text.json").stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheOriginal(JsonNode expected) {
        String text = expected.get("text").asString();
        assertThat(Captions.preCaption(text))
                .isEqualTo(expected.get("pre_caption_50").asString());
        assertThat(Captions.preCaption(text, 5))
                .isEqualTo(expected.get("pre_caption_5").asString());
        assertThat(Captions.preQuestion(text))
                .isEqualTo(expected.get("pre_question_50").asString());
        assertThat(Captions.preQuestion(text, 4))
                .isEqualTo(expected.get("pre_question_4").asString());
        assertThat("a picture of " + Captions.preCaption(text, 7))
                .isEqualTo(expected.get("lavis_caption_prompt_7").asString());
        assertThat(Captions.preQuestion(text))
                .isEqualTo(expected.get("lavis_question").asString());
    }

    @Test
    void noWordsIsNoText() {
        assertThat(Captions.preCaption("a dog", 0)).isEmpty();
        assertThatThrownBy(() -> Captions.preQuestion("a dog", -1)).hasMessageContaining("maxWords is -1");
    }
}
