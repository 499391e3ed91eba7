package io.medley.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class HuggingFaceTokenizerTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path dir;

    /** Two implementations of one tokenizer, theirs in Rust and ours, over the reference texts. */
    @Test
    void agreesWithOurWordPiece() throws IOException {
        WordPieceTokenizer ours = WordPieceTokenizer.read(Golden.path("wordpiece/vocab.txt"), WordPieceOptions.BERT);
        List<String> texts = texts();
        try (Tokenizer theirs = Tokenizers.load(bert())) {
            assertThat(theirs).isInstanceOf(HuggingFaceTokenizer.class);
            for (String text : texts) {
                assertThat(theirs.encode(text)).as(text).isEqualTo(ours.encode(text));
                assertThat(theirs.encode(text, 5)).as(text).isEqualTo(ours.encode(text, 5));
            }
            TokenBatch batch = theirs.encode(texts, Padding.to(12));
            assertThat(batch.ids()).isEqualTo(ours.encode(texts, Padding.to(12)).ids());
            assertThat(theirs.decode(ours.encode("A photo, of a dog!"))).isEqualTo("a photo, of a dog!");
            assertThat(theirs.vocabSize()).isEqualTo(276);
            assertThat(theirs.padId()).isZero();
            assertThat(theirs.startId()).hasValue(7);
            assertThat(theirs.endId()).hasValue(8);
            assertThat(theirs.id("##ing")).hasValue(117);
            assertThat(theirs.token(117)).isEqualTo("##ing");
        }
    }

    @Test
    void manyThreadsShareOne() throws IOException {
        try (Tokenizer tokenizer = Tokenizers.load(bert())) {
            int[] expected = tokenizer.encode("a photo of a dog");
            assertThat(IntStream.range(0, 2000).parallel().mapToObj(i -> tokenizer.encode("a photo of a dog")))
                    .allSatisfy(ids -> assertThat(ids).isEqualTo(expected));
        }
    }

    @Test
    void isClosedForGood() throws IOException {
        Tokenizer tokenizer = Tokenizers.load(bert());
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("dog"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("tokenizer is closed");
    }

    @Test
    void brokenFilesAreRefusedInOneLine() throws IOException {
        refuses("", "empty");
        refuses("{", "not JSON");
        refuses("{}", "no model.vocab");
        refuses("{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":-4}}}", "token 'a' has no usable id");
        refuses("{\"model\":{\"type\":\"Magic\",\"vocab\":{\"a\":0}}}", "not a tokenizer");
    }

    private void refuses(String text, String message) throws IOException {
        Path file = Files.writeString(dir.resolve("tokenizer.json"), text);
        assertThatThrownBy(() -> HuggingFaceTokenizer.read(file))
                .isInstanceOf(MedleyException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    private static List<String> texts() {
        List<String> texts = new ArrayList<>();
        Golden.lines("wordpiece/cases.jsonl")
                .forEach(line -> texts.add(line.get("text").asString()));
        // The Rust library treats a special token as one wherever it stands; the original only between spaces.
        texts.removeIf(text -> text.contains("[MASK]."));
        return texts;
    }

    /** A directory with the reference vocabulary as a tokenizer.json, as transformers exports it. */
    private Path bert() throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        ObjectNode vocab = JSON.createObjectNode();
        List<String> tokens = Files.readAllLines(Golden.path("wordpiece/vocab.txt"));
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            vocab.put(token, id);
            if (List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]").contains(token)) {
                ObjectNode special =
                        added.addObject().put("id", id).put("content", token).put("special", true);
                List.of("single_word", "lstrip", "rstrip", "normalized").forEach(flag -> special.put(flag, false));
            }
        }
        root.putObject("normalizer")
                .put("type", "BertNormalizer")
                .put("clean_text", true)
                .put("handle_chinese_chars", true)
                .put("strip_accents", true)
                .put("lowercase", true);
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        root.set(
                "post_processor",
                JSON.readTree("{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",8],\"cls\":[\"[CLS]\",7]}"));
        root.set("decoder", JSON.readTree("{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}"));
        ObjectNode model = root.putObject("model");
        model.put("type", "WordPiece")
                .put("unk_token", "[UNK]")
                .put("continuing_subword_prefix", "##")
                .put("max_input_chars_per_word", 100);
        model.set("vocab", vocab);
        JSON.writeValue(dir.resolve("tokenizer.json").toFile(), root);
        return dir;
    }
}
