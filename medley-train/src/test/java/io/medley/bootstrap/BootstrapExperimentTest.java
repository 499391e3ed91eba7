package io.medley.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.Models;
import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.data.ShardOptions;
import io.medley.data.ShardReader;
import io.medley.scenes.CaptionJudge;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.scenes.WebNoise;
import io.medley.tensor.MedleyException;
import io.medley.train.Reporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The experiment in a size that says nothing about CapFilt, but all about who gets which texts. */
class BootstrapExperimentTest {
    private static final int WEB = 12;

    @TempDir
    Path folder;

    private String run(long steps, List<String> said, Arm... arms) throws Exception {
        var options = new BootstrapExperiment.Options("scenes", steps, 1, 1, 4, 1e-4, WEB, 24, 0.25, 8);
        return new BootstrapExperiment(Models.registry(), options, folder, Reporter.lines(said::add))
                .run(List.of(7L), List.of(arms));
    }

    @Test
    void armsGetTheirTextsAndFigures() throws Exception {
        var said = new ArrayList<String>();
        var table = run(2, said, Arm.ORACLE);
        assertThat(table).contains("| oracle | 1 | ", "| recall unrelated | ");
        assertThat(folder.resolve("bootstrapping-vqa-accuracy.png")).isNotEmptyFile();

        int kept = 0;
        try (var rows = ShardReader.open(folder.resolve("seed-7/shards-oracle/00000.tar"), ShardOptions.DEFAULT)) {
            while (rows.hasNext()) {
                var sample = ((Row.Good<Sample>) rows.next()).value();
                var scene = Scenes.of(SceneSplit.WEB).scene(Long.parseLong(sample.key()));
                for (var text : PairLoading.texts(sample)) {
                    assertThat(CaptionJudge.judge(text, scene).truthful())
                            .as(text)
                            .isTrue();
                    kept++;
                }
            }
        }
        assertThat(kept).isPositive();
        var filter =
                JsonMapper.shared().readTree(Files.readString(folder.resolve("seed-7/filter-nucleus/figures.json")));
        double texts = 0;
        for (var noise : WebNoise.values()) {
            texts += filter.path("texts " + noise.word()).asDouble();
        }
        assertThat(texts).isEqualTo(WEB);

        said.clear();
        assertThat(run(2, said, Arm.ORACLE)).isEqualTo(table);
        assertThat(said).contains("figures-oracle: done before").noneMatch(line -> line.endsWith("begins"));
        assertThatThrownBy(() -> run(3, said, Arm.RAW))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("steps was 2 and is now 3");
    }
}
