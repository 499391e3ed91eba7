package io.medley.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class WordPieceTokenizerTest {
    private static final List<String> SPECIALS = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

    @TempDir
    Path dir;

    static WordPieceTokenizer reference() throws IOException {
        return WordPieceTokenizer.read(Golden.path("wordpiece/vocab.txt"), WordPieceOptions.BLIP);
    }

    static Stream<JsonNode> cases() {
        return Golden.lines("wordpiece/cases.jsonl").stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheOriginal(JsonNode expected) throws IOException {
        WordPieceTokenizer tokenizer = reference();
        String text = expected.get("text").asString();
        assertThat(tokenizer.words(text)).isEqualTo(Golden.strings(expected.get("basic")));
        assertThat(tokenizer.tokenize(text)).isEqualTo(Golden.strings(expected.get("tokens")));
        int[] ids = tokenizer.encode(text);
        assertThat(ids).isEqualTo(Golden.ints(expected.get("ids")));
        assertThat(tokenizer.decode(ids, false, true))
                .isEqualTo(expected.get("decoded").asString());
        assertThat(tokenizer.decode(ids))
                .isEqualTo(expected.get("decoded_skip_special").asString());
    }

    static Stream<JsonNode> batches() {
        return Golden.array("wordpiece/batches.json").stream();
    }

    @ParameterizedTest
    @MethodSource("batches")
    void batchesEqualTheOriginal(JsonNode expected) throws IOException {
        JsonNode call = expected.get("call");
        Padding padding = !call.has("max_length")
                ? Padding.longest()
                : new Padding(
                        call.get("max_length").asInt(),
                        call.get("padding").asString().equals("max_length"));
        TokenBatch batch = reference().encode(Golden.strings(expected.get("texts")), padding);
        assertThat(batch.ids()).isEqualTo(flat(expected.get("input_ids")));
        assertThat(batch.attentionMask()).isEqualTo(flat(expected.get("attention_mask")));
        assertThat(batch.rows()).isEqualTo(expected.get("texts").size());
        assertThat(batch.length()).isEqualTo(expected.get("input_ids").get(0).size());
    }

    @Test
    void addedTokensComeAfterTheVocabulary() throws IOException {
        WordPieceTokenizer tokenizer = reference();
        assertThat(tokenizer.decId()).isEqualTo(276);
        assertThat(tokenizer.encId()).isEqualTo(277);
        assertThat(tokenizer.vocabSize()).isEqualTo(278);
    }

    @Test
    void addedTokensOfTheFileKeepTheirIds() {
        List<String> tokens = new ArrayList<>(List.of("[ENC]", "dog", "[DEC]"));
        tokens.addAll(SPECIALS);
        WordPieceTokenizer tokenizer = WordPieceTokenizer.of(tokens, WordPieceOptions.BLIP);
        assertThat(tokenizer.encId()).isZero();
        assertThat(tokenizer.decId()).isEqualTo(2);
        assertThat(tokenizer.vocabSize()).isEqualTo(8);
        assertThat(tokenizer.encode("[DEC]dog[ENC]")).containsExactly(5, 2, 1, 0, 6);
        assertThat(tokenizer.decode(5, 2, 1, 0, 6)).isEqualTo("dog");
    }

    @Test
    void albefDoesNotClose() throws IOException {
        WordPieceTokenizer tokenizer =
                WordPieceTokenizer.read(Golden.path("wordpiece/vocab.txt"), WordPieceOptions.ALBEF);
        assertThat(tokenizer.encode("a dog")).containsExactly(7, 52, 209);
        assertThat(tokenizer.encode("a dog", 2)).containsExactly(7, 52);
        assertThat(tokenizer.encode("a dog [SEP]")).containsExactly(7, 52, 209, 8);
    }

    @Test
    void casedVocabulariesKeepCaseAndAccents() {
        List<String> tokens = new ArrayList<>(SPECIALS);
        tokens.addAll(List.of("Café", "cafe"));
        WordPieceTokenizer tokenizer = WordPieceTokenizer.of(tokens, WordPieceOptions.BERT.withLowerCase(false));
        assertThat(tokenizer.encode("Café cafe Cafe")).containsExactly(2, 5, 6, 1, 3);
    }

    @Test
    void lowerCasesByCharacterAsTheOriginalDoesBeforeItSplits() {
        List<String> tokens = new ArrayList<>(SPECIALS);
        tokens.addAll(List.of("ας", "ασ"));
        // transformers lower-cases each character by itself, so the sigma at the end of a word is never "final".
        assertThat(WordPieceTokenizer.of(tokens, WordPieceOptions.BERT).tokenize("ΑΣ"))
                .containsExactly("ασ");
    }

    @Test
    void parallelBatchesEqualSingleTexts() throws IOException {
        WordPieceTokenizer tokenizer = reference();
        List<String> texts = Golden.lines("wordpiece/cases.jsonl").stream()
                .map(line -> line.get("text").asString())
                .toList();
        List<String> many = new ArrayList<>();
        IntStream.range(0, 40).forEach(i -> many.addAll(texts));
        Collections.shuffle(many, new Random(1));
        TokenBatch batch = tokenizer.encode(many, Padding.longest(20));
        assertThat(batch.length()).isEqualTo(20);
        for (int r = 0; r < batch.rows(); r++) {
            assertThat(batch.row(r)).isEqualTo(tokenizer.encode(many.get(r), 20));
        }
    }

    @Test
    void cuttingEqualsCuttingTheWholeEncoding() throws IOException {
        WordPieceTokenizer tokenizer = reference();
        for (JsonNode line : Golden.lines("wordpiece/cases.jsonl")) {
            String text = line.get("text").asString();
            int[] whole = tokenizer.encode(text);
            for (int max = 2; max <= whole.length; max++) {
                int[] expected = Arrays.copyOf(whole, max);
                expected[max - 1] = tokenizer.sepId();
                assertThat(tokenizer.encode(text, max)).isEqualTo(expected);
            }
        }
        assertThatThrownBy(() -> tokenizer.encode("dog", 1)).hasMessageContaining("no room");
    }

    @Test
    void idsOutsideTheVocabularyReadUnknown() throws IOException {
        assertThat(reference().decode(new int[] {-1, 209, 1 << 30}, false, true))
                .isEqualTo("[UNK] dog [UNK]");
    }

    @Test
    void windowsLineEndsAreLineEnds() throws IOException {
        Path file = write(String.join("\r\n", SPECIALS) + "\r\ndog\r\n");
        assertThat(WordPieceTokenizer.read(file, WordPieceOptions.BERT).encode("dog"))
                .containsExactly(2, 5, 3);
    }

    @Test
    void badVocabulariesAreRefusedInOneLine() throws IOException {
        refuses(write(""), "empty");
        refuses(write("dog\ncat\n"), "no [PAD] among 2 tokens");
        refuses(write("[PAD]\n[CLS]\n[SEP]\n"), "no [UNK]");
        refuses(write("[PAD]\ndog\ncat\ndog\n"), "'dog' is on line 2 and again on line 4");
        refuses(write("[PAD]\n" + "x".repeat(5000)), "line 2 has 5000 characters");
        Path latin = Files.write(dir.resolve("latin.txt"), "[PAD]\ncaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        refuses(latin, "not UTF-8 text (byte e9 at offset 9)");
    }

    @Test
    void hostileTextsEndSoonAndMakeNoStrangeIds() throws IOException {
        WordPieceTokenizer tokenizer = reference();
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            int[] codePoints = random.ints(200, 0, 0x110000)
                    .map(c -> random.nextBoolean() ? c & 0x7f : c)
                    .toArray();
            int[] ids = tokenizer.encode(new String(codePoints, 0, codePoints.length));
            assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < tokenizer.vocabSize());
        }
        assertThat(tokenizer.encode("[".repeat(100_000), 8)).hasSize(8);
        assertThat(tokenizer.encode("a".repeat(2_000_000))).containsExactly(7, 6, 8);
        assertThat(tokenizer.encode("\ud83d")).containsExactly(7, 8); // half a character
    }

    private Path write(String text) throws IOException {
        return Files.writeString(Files.createTempFile(dir, "vocab", ".txt"), text);
    }

    private static void refuses(Path file, String message) {
        assertThatThrownBy(() -> WordPieceTokenizer.read(file, WordPieceOptions.BLIP))
                .isInstanceOf(MedleyException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    private static long[] flat(JsonNode rows) {
        return Golden.items(rows).stream()
                .flatMap(row -> Golden.items(row).stream())
                .mapToLong(JsonNode::asLong)
                .toArray();
    }
}
