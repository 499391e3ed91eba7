package io.medley.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizersTest {
    @TempDir
    Path dir;

    @Test
    void readsWordPieceWithWhatStandsBesideIt() throws IOException {
        Files.copy(Golden.path("wordpiece/vocab.txt"), dir.resolve("vocab.txt"));
        Files.writeString(dir.resolve("added_tokens.json"), "{\"[ENC]\": 277, \"[DEC]\": 276, \"<image>\": 278}");
        Tokenizer tokenizer = Tokenizers.load(dir, WordPieceOptions.BLIP);
        assertThat(tokenizer.id("[DEC]")).hasValue(276);
        assertThat(tokenizer.id("[ENC]")).hasValue(277);
        assertThat(tokenizer.vocabSize()).isEqualTo(278);
        assertThat(tokenizer.encode("Dog")).containsExactly(7, 209, 8);

        Files.writeString(dir.resolve("tokenizer_config.json"), "{\"do_lower_case\": false}");
        assertThat(Tokenizers.load(dir).encode("Dog")).containsExactly(7, 6, 8);
    }

    @Test
    void plainBertHasNoAddedTokens() throws IOException {
        Files.copy(Golden.path("wordpiece/vocab.txt"), dir.resolve("vocab.txt"));
        assertThat(Tokenizers.load(dir).vocabSize()).isEqualTo(276);
    }

    @Test
    void readsOpenAiMergeLists() throws IOException {
        Files.copy(Golden.path("clip_bpe/bpe_vocab.txt.gz"), dir.resolve("bpe_simple_vocab_16e6.txt.gz"));
        assertThat(Tokenizers.load(dir).encode("a dog")).containsExactly(751, 320, 532, 752);
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        refuses("no tokenizer (looked for vocab.txt, vocab.json with merges.txt, tokenizer.json)");
        Files.writeString(dir.resolve("tokenizer.model"), "x");
        refuses("a SentencePiece model, which is not read");
        Files.writeString(dir.resolve("vocab.json"), "{\"a\": 0}");
        Files.writeString(dir.resolve("merges.txt"), "#version: 0.2\n");
        refuses("byte pairs of another kind than CLIP's");
        Files.writeString(dir.resolve("vocab.json"), "{\"a\": 7000000}");
        refuses("has id 7000000");
        Files.writeString(dir.resolve("vocab.json"), "{\"a\": 0, \"b\": 0}");
        refuses("both have id 0");
        Files.writeString(dir.resolve("vocab.json"), "[1");
        refuses("not JSON");
        assertThatThrownBy(() -> Tokenizers.load(dir.resolve("nowhere"))).hasMessageContaining("not a directory");
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> Tokenizers.load(dir))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}
