package io.medley.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.Models;
import io.medley.tensor.MedleyException;
import io.medley.train.Reporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All arms train, differ in what they should, and are not trained twice. */
class AblationExperimentTest {
    @TempDir
    Path home;

    private final ArrayList<String> said = new ArrayList<>();

    private String run(int steps) throws IOException {
        var settings = Map.of(
                "batch",
                "4",
                "queue",
                "8",
                "threads",
                "1",
                "model.width",
                "16",
                "model.heads",
                "2",
                "model.embedDim",
                "8",
                "model.imageSize",
                "32",
                "model.patchSize",
                "16",
                "model.visionLayers",
                "1",
                "model.textLayers",
                "1");
        var options = new AblationExperiment.Options(
                EnumSet.allOf(AblationExperiment.Question.class), 1, steps, 1, 10, settings);
        return new AblationExperiment(Models.registry(), options, home, Reporter.lines(said::add)).run();
    }

    private byte[] weights(String arm) throws IOException {
        return Files.readAllBytes(home.resolve(arm + "-seed1").resolve("model.safetensors"));
    }

    @Test
    void runsAllArmsOnce() throws IOException {
        var tables = run(2);
        assertThat(tables).contains("| all but self attention | 1 |", "| random | 1 |", "| without | 1 |");
        var blip = weights("sharing-all_but_self_attention");
        assertThat(weights("sharing-all")).hasSizeLessThan(blip.length);
        assertThat(weights("sharing-none")).hasSizeGreaterThan(blip.length);
        assertThat(weights("web-distilled")).isNotEqualTo(blip).isNotEqualTo(weights("web-plain"));
        // At first all partners resemble each other, so two steps may draw the same ones.
        assertThat(home.resolve("negatives-random-seed1/recipe.yaml")).content().contains("negatives: random");

        said.clear();
        assertThat(run(2)).isEqualTo(tables);
        assertThat(said).isEmpty();
        assertThatThrownBy(() -> run(3)).isInstanceOf(MedleyException.class).hasMessageContaining("steps");
    }
}
