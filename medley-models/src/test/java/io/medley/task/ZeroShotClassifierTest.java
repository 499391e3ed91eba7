package io.medley.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZeroShotClassifierTest {
    private final List<String> asked = new ArrayList<>();

    /** Vectors that are not normalised: pictures lie on the first axis, "cat" sentences at 60 degrees, all others on the second axis. */
    private final Embedder embedder = new Embedder() {
        @Override
        public EmbeddingSpace space() {
            return new EmbeddingSpace("test", 2, false);
        }

        @Override
        public float[][] images(List<RgbImage> images) {
            return images.stream().map(image -> new float[] {3, 0}).toArray(float[][]::new);
        }

        @Override
        public float[][] texts(List<String> texts) {
            asked.addAll(texts);
            return texts.stream()
                    .map(text -> text.contains("cat") ? new float[] {1, (float) Math.sqrt(3)} : new float[] {0, 5})
                    .toArray(float[][]::new);
        }
    };

    private final RgbImage image = new RgbImage(1, 1, new byte[3]);

    @Test
    void probabilitiesAreTheSoftmaxOfCosineOverTemperature() {
        List<LabelScore> scores = new ZeroShotClassifier(embedder, 0.5)
                .classify(List.of(image), List.of("dog", "cat"), List.of("a {}", "the {}!"))
                .get(0);
        assertThat(asked).containsExactly("a dog", "the dog!", "a cat", "the cat!");
        assertThat(scores).extracting(LabelScore::label).containsExactly("cat", "dog");
        double e = Math.exp(0.5 / 0.5);
        assertThat(scores.get(0).probability()).isCloseTo(e / (e + 1), within(1e-6));
        assertThat(scores.get(0).probability() + scores.get(1).probability()).isCloseTo(1, within(1e-9));
    }

    @Test
    void labelsAndTemplatesAreChecked() {
        ZeroShotClassifier classifier = new ZeroShotClassifier(embedder, 0.1);
        assertThatThrownBy(() -> classifier.classify(List.of(image), List.of(), List.of("{}")))
                .isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> classifier.classify(List.of(image), List.of(" "), List.of("{}")))
                .isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> classifier.classify(List.of(image), List.of("a"), List.of("no place")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("no place");
    }
}
