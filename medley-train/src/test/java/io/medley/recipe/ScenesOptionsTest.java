package io.medley.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScenesOptionsTest {
    @Test
    void changesReachTheirSettingAndNoOther() {
        var changed = ScenesOptions.defaults()
                .withPictures(96, 16)
                .withTransformers(48, 4, 2, 3)
                .withEmbedDim(24)
                .withBatch(10, 70)
                .withSteps(11, 12, 13)
                .withLearningRate(1e-5 / 3)
                .withThreads(7)
                .withBfloat16(true);
        assertThat(changed)
                .isEqualTo(new ScenesOptions(96, 16, 48, 4, 2, 3, 24, 10, 70, 11, 12, 13, 1e-5 / 3, 7, true, 1, ""));
        assertThat(changed.with(Map.of("seed", "3", "start", "runs/first")).withBfloat16(false))
                .isEqualTo(new ScenesOptions(
                        96, 16, 48, 4, 2, 3, 24, 10, 70, 11, 12, 13, 1e-5 / 3, 7, false, 3, "runs/first"));
    }

    @Test
    void mistakesAreSaid() {
        assertThatThrownBy(() -> ScenesOptions.defaults().with(Map.of("witdh", "8")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("no setting 'witdh'");
        assertThatThrownBy(() -> ScenesOptions.defaults().withBatch(10, 75))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("queue 75 is not a multiple of batch 10");
    }
}
