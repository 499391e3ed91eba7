package io.medley.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ClipBpeTokenizerTest {
    @TempDir
    Path dir;

    static ClipBpeTokenizer reference() throws IOException {
        return ClipBpeTokenizer.read(Golden.path("clip_bpe/bpe_vocab.txt.gz"));
    }

    static Stream<JsonNode> cases() {
        return Golden.lines("clip_bpe/cases.jsonl").stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheOriginal(JsonNode expected) throws IOException {
        ClipBpeTokenizer tokenizer = reference();
        String text = expected.get("text").asString();
        int[] ids = tokenizer.encodeOnly(text);
        assertThat(ids).isEqualTo(Golden.ints(expected.get("ids")));
        assertThat(Arrays.stream(ids).mapToObj(tokenizer::token).toList())
                .isEqualTo(Golden.strings(expected.get("tokens")));
        assertThat(tokenizer.decodeAll(ids)).isEqualTo(expected.get("decoded").asString());
        int[] context = tokenizer.tokenize(text, 16, true);
        assertThat(context).isEqualTo(Golden.ints(expected.get("tokenize_context16_truncate")));
    }

    @Test
    void theHuggingFaceFilesGiveTheSameIds() throws IOException {
        ClipBpeTokenizer original = reference();
        ClipBpeTokenizer exported = export(original);
        assertThat(exported.padId()).isEqualTo(752);
        for (JsonNode line : Golden.lines("clip_bpe/cases.jsonl")) {
            String text = line.get("text").asString();
            if (!text.contains("&")) { // Hugging Face's tokenizer leaves HTML entities as they are
                assertThat(exported.encode(text)).isEqualTo(original.encode(text));
            }
        }
        assertThat(exported.encodeOnly("&lt;")).isEqualTo(original.encodeOnly("&amp;amp;lt;"));
    }

    @Test
    void decodesWhatATextCameFrom() throws IOException {
        ClipBpeTokenizer tokenizer = reference();
        assertThat(tokenizer.decode(tokenizer.tokenize("A photo of a  dog", 16, true)))
                .isEqualTo("a photo of a dog");
        assertThatThrownBy(() -> tokenizer.decode(5000)).hasMessageContaining("outside the vocabulary of 753");
    }

    /** Python's bytes.decode("utf-8", errors="replace"), which counts bad bytes in its own way. */
    @Test
    void bytesThatAreNotTextReadAsInPython() throws IOException {
        ClipBpeTokenizer tokenizer = reference();
        int[] ids = new int[] {0xed, 0xb8, 0xad, 0xf0, 0x9f, 0x98, 0x80, 0xce, 0x2e, 0xe2, 0x82
        }; // 0xed starts a coded surrogate
        for (int i = 0; i < ids.length; i++) {
            ids[i] = tokenizer.id(String.valueOf(BytePairs.SYMBOLS[ids[i]])).orElseThrow();
        }
        assertThat(tokenizer.decodeAll(ids)).isEqualTo("\ufffd\ufffd\ufffd😀\ufffd.\ufffd");
    }

    @Test
    void tooLongTextsAreRefusedUnlessCut() throws IOException {
        ClipBpeTokenizer tokenizer = reference();
        assertThatThrownBy(() -> tokenizer.tokenize("a dog a dog a dog", 4, false))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("8 tokens is too long for the context of 4");
        assertThat(tokenizer.tokenize("a dog a dog a dog", 4, true)).containsExactly(751, 320, 532, 752);
    }

    /** What CLIP's pattern does under re.IGNORECASE in Python's regex module. */
    @Test
    void followsThePatternIntoItsCorners() throws IOException {
        ClipBpeTokenizer tokenizer = reference();
        assertThat(tokenizer.decodeAll(tokenizer.encodeOnly("a'ſb <|ſtartoftext|>")))
                .isEqualTo("a 'ſ b <|ſtartoftext|> ");
        assertThat(tokenizer.decodeAll(tokenizer.encodeOnly("a\u0345b"))).isEqualTo("a b ");
        assertThat(tokenizer.decodeAll(tokenizer.encodeOnly("ΟΔΟΣ x\u001cy"))).isEqualTo("οδος x \u001c y ");
    }

    @Test
    void mergingFollowsTheDefinition() throws IOException {
        ClipBpeTokenizer tokenizer = reference();
        List<String[]> merges = merges();
        Random random = new Random(3);
        String letters = "aehinorstg";
        for (int round = 0; round < 500; round++) {
            StringBuilder word = new StringBuilder();
            for (int i = random.nextInt(30); i >= 0; i--) {
                word.append(letters.charAt(random.nextInt(letters.length())));
            }
            List<String> tokens = Arrays.stream(tokenizer.encodeOnly(word.toString()))
                    .mapToObj(tokenizer::token)
                    .toList();
            assertThat(tokens).isEqualTo(slowMerge(word.toString(), merges));
        }
    }

    @Test
    void aHostileWordDoesNotStall() throws IOException {
        assertThat(reference().encodeOnly("th".repeat(100_000))).hasSizeGreaterThan(50_000);
    }

    @Test
    void badMergeListsAreRefusedInOneLine() throws IOException {
        refuses("", "empty");
        refuses("#version\na b c\n", "line 2 has 3 parts, not a pair");
        refuses("#version\nzz a\n", "token 'zz' is not in the vocabulary");
        Path cut = Files.write(
                dir.resolve("cut.txt.gz"),
                Arrays.copyOf(Files.readAllBytes(Golden.path("clip_bpe/bpe_vocab.txt.gz")), 300));
        assertThatThrownBy(() -> ClipBpeTokenizer.read(cut))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("not a whole gzip file");
    }

    private void refuses(String text, String message) throws IOException {
        Path file = Files.writeString(Files.createTempFile(dir, "merges", ".txt"), text);
        assertThatThrownBy(() -> ClipBpeTokenizer.read(file))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    private ClipBpeTokenizer export(ClipBpeTokenizer original) throws IOException {
        Map<String, Integer> vocabulary = new HashMap<>();
        for (int id = 0; id < original.vocabSize(); id++) {
            if (!original.token(id).isEmpty()) {
                vocabulary.put(original.token(id), id);
            }
        }
        Path vocabJson = dir.resolve("vocab.json");
        new JsonMapper().writeValue(vocabJson.toFile(), vocabulary);
        StringBuilder text = new StringBuilder("#version: 0.2\n");
        merges().forEach(merge ->
                text.append(merge[0]).append(' ').append(merge[1]).append('\n'));
        Files.writeString(dir.resolve("merges.txt"), text);
        Tokenizer loaded = Tokenizers.load(dir);
        assertThat(loaded).isInstanceOf(ClipBpeTokenizer.class);
        return (ClipBpeTokenizer) loaded;
    }

    private static List<String[]> merges() throws IOException {
        try (var in = new GZIPInputStream(Files.newInputStream(Golden.path("clip_bpe/bpe_vocab.txt.gz")))) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split(" "))
                    .toList();
        }
    }

    /** The textbook loop: the best pair, all its places, again. */
    private static List<String> slowMerge(String word, List<String[]> merges) {
        List<String> symbols = new java.util.ArrayList<>(
                word.chars().mapToObj(Character::toString).toList());
        symbols.set(symbols.size() - 1, symbols.get(symbols.size() - 1) + "</w>");
        while (true) {
            String[] best = merges.stream()
                    .filter(merge -> find(symbols, merge, 0) >= 0)
                    .findFirst()
                    .orElse(null);
            if (best == null) {
                return symbols;
            }
            for (int at = find(symbols, best, 0); at >= 0; at = find(symbols, best, at + 1)) {
                symbols.set(at, best[0] + best[1]);
                symbols.remove(at + 1);
            }
        }
    }

    private static int find(List<String> symbols, String[] merge, int from) {
        for (int i = from; i + 1 < symbols.size(); i++) {
            if (symbols.get(i).equals(merge[0]) && symbols.get(i + 1).equals(merge[1])) {
                return i;
            }
        }
        return -1;
    }
}
