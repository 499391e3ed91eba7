package io.medley.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SceneVocabularyTest {
    @Test
    void coversAllThatIsSaid() {
        Set<String> words = SceneVocabulary.words();
        assertThat(words).hasSizeLessThan(250);
        for (SceneSplit split : SceneSplit.values()) {
            for (int i = 0; i < 1000; i++) {
                SceneSample sample = Scenes.of(split).sample(i, 16);
                sample.captions().forEach(c -> assertThat(words).contains(c.split(" ")));
                for (Question q : sample.questions()) {
                    assertThat(words).contains(q.text().replace("?", "").split(" "));
                    assertThat(words).contains(q.answer());
                }
                sample.web().filter(w -> w.noise() != WebNoise.FILE_NAME).ifPresent(w -> assertThat(words)
                        .contains(w.text().split(" ")));
            }
        }
    }

    @Test
    void beginsAsBertsAndHasEveryAsciiCharacter(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("vocab.txt");
        SceneVocabulary.write(file);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines)
                .startsWith("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
                .doesNotHaveDuplicates();
        for (char c = '!'; c <= '~'; c++) {
            assertThat(lines).contains(String.valueOf(Character.toLowerCase(c)));
        }
        for (char c = 'a'; c <= 'z'; c++) {
            assertThat(lines).contains("##" + c);
        }
        assertThat(lines).contains("##0", "##9", "cat", "left");
    }
}
