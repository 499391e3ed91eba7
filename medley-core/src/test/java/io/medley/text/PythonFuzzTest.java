package io.medley.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Random texts with what Python makes of them, written by src/tools/text_fuzz.py. */
class PythonFuzzTest {
    @Test
    void agreesWithPython() throws Exception {
        WordPieceTokenizer wordPiece = WordPieceTokenizerTest.reference();
        ClipBpeTokenizer clip = ClipBpeTokenizerTest.reference();
        for (JsonNode expected : cases()) {
            String text = expected.get("text").asString();
            assertThat(wordPiece.words(text)).as(text).isEqualTo(Golden.strings(expected.get("words")));
            assertThat(wordPiece.encode(text)).as(text).isEqualTo(Golden.ints(expected.get("ids")));
            assertThat(Captions.preCaption(text, 4))
                    .isEqualTo(expected.get("caption").asString());
            assertThat(Captions.preQuestion(text, 4))
                    .isEqualTo(expected.get("question").asString());
            if (expected.has("clip")) {
                String words = Golden.strings(expected.get("clip")).stream()
                        .map(word -> word.startsWith("<|start") ? word : word + " ")
                        .collect(Collectors.joining());
                assertThat(clip.decodeAll(clip.encodeOnly(text))).as(text).isEqualTo(words);
            }
        }
    }

    private static List<JsonNode> cases() throws Exception {
        Path file = Path.of(Objects.requireNonNull(PythonFuzzTest.class.getResource("fuzz.jsonl"))
                .toURI());
        JsonMapper json = new JsonMapper();
        return Files.readAllLines(file).stream().map(json::readTree).toList();
    }
}
