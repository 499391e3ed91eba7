package io.medley.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.image.Images;
import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SceneWriterTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    @Test
    void karpathyFilesHoldWhatIsKnown(@TempDir Path directory) throws IOException {
        var told = new ArrayList<Integer>();
        var range = new SceneRange(SceneSplit.VAL, 5, 4, 64, PictureFormat.PNG);
        List<Path> files = new SceneWriter(range, directory.resolve("new/one"), told::add).writeKarpathy();
        assertThat(told).containsExactly(1, 2, 3, 4);
        JsonNode dataset = MAPPER.readTree(Files.readAllBytes(files.get(0)));
        JsonNode instances = MAPPER.readTree(Files.readAllBytes(files.get(1)));
        assertThat(dataset.get("images")).hasSize(4);
        int sentence = 0;
        int annotation = 0;
        for (int i = 0; i < 4; i++) {
            SceneSample sample = Scenes.of(SceneSplit.VAL).sample(5 + i, 64);
            JsonNode image = dataset.get("images").get(i);
            Path file = files.get(0)
                    .resolveSibling(image.get("filepath").asString())
                    .resolve(image.get("filename").asString());
            assertThat(Images.read(file)).isEqualTo(sample.image());
            assertThat(image.get("split").asString()).isEqualTo("val");
            assertThat(image.get("sentences")).hasSize(5);
            for (int k = 0; k < 5; k++, sentence++) {
                JsonNode said = image.get("sentences").get(k);
                assertThat(said.get("raw").asString())
                        .isEqualTo(sample.captions().get(k));
                assertThat(said.get("sentid").asInt()).isEqualTo(sentence);
                assertThat(said.get("imgid").asInt()).isEqualTo(i);
            }
            assertThat(image.get("questions")).hasSameSizeAs(sample.questions());
            for (SceneObject object : sample.objects()) {
                JsonNode node = instances.get("annotations").get(annotation++);
                assertThat(node.get("id").asInt()).isEqualTo(annotation);
                assertThat(node.get("image_id").asInt()).isEqualTo(i);
                JsonNode category =
                        instances.get("categories").get(object.kind().ordinal());
                assertThat(node.get("category_id")).isEqualTo(category.get("id"));
                assertThat(category.get("name").asString())
                        .isEqualTo(object.kind().word());
                assertThat(node.get("keypoints"))
                        .hasSize(3 * category.get("keypoints").size());
                assertThat(mask(node.get("segmentation").get("counts"), 64)).isEqualTo(object.mask());
                assertThat(node.get("bbox").get(2).asInt())
                        .isEqualTo(object.box().width());
            }
        }
        assertThat(instances.get("annotations")).hasSize(annotation);
        assertThat(instances.get("images")).hasSize(4);
        try (var left = Files.walk(directory)) {
            assertThat(left.filter(f -> f.toString().endsWith(".part"))).isEmpty();
        }
    }

    /** Reads COCO's run lengths: columns first, zeros first. */
    private static BitSet mask(JsonNode counts, int size) {
        var mask = new BitSet();
        int at = 0;
        for (int run = 0; run < counts.size(); run++) {
            for (int k = 0; k < counts.get(run).asInt(); k++, at++) {
                if (run % 2 == 1) {
                    mask.set(at % size * size + at / size);
                }
            }
        }
        assertThat(at).isEqualTo(size * size);
        return mask;
    }

    @Test
    void shardsAreNamedAndFilledAsImg2datasetDoes(@TempDir Path directory) throws IOException {
        var range = new SceneRange(SceneSplit.WEB, 0, 7, 64, PictureFormat.JPEG);
        List<Path> shards = new SceneWriter(range, directory, n -> {}).writeShards(3);
        assertThat(shards)
                .extracting(p -> p.getFileName().toString())
                .containsExactly("00000.tar", "00001.tar", "00002.tar");
        int index = 0;
        for (int shard = 0; shard < 3; shard++) {
            Map<String, byte[]> files = untar(shards.get(shard));
            int count = shard < 2 ? 3 : 1;
            assertThat(files).hasSize(3 * count);
            for (int k = 0; k < count; k++, index++) {
                String key = String.format("%05d%04d", shard, k);
                SceneSample sample = Scenes.of(SceneSplit.WEB).sample(index, 64);
                assertThat(new String(files.get(key + ".txt"), StandardCharsets.UTF_8))
                        .isEqualTo(sample.text());
                JsonNode json = MAPPER.readTree(files.get(key + ".json"));
                assertThat(json.get("key").asString()).isEqualTo(key);
                assertThat(json.get("noise").asString())
                        .isEqualTo(sample.web().orElseThrow().noise().word());
                RgbImage image = Images.read(files.get(key + ".jpg"), key);
                assertThat(image.width()).isEqualTo(64);
                assertThat(Math.abs(image.get(5, 5, 1) - sample.image().get(5, 5, 1)))
                        .isLessThan(40);
            }
            JsonNode stats = MAPPER.readTree(Files.readAllBytes(directory.resolve("0000" + shard + "_stats.json")));
            assertThat(stats.get("successes").asInt()).isEqualTo(count);
        }
    }

    @Test
    void writingAgainGivesTheSameBytes(@TempDir Path directory) throws IOException {
        var range = new SceneRange(SceneSplit.TRAIN, 100, 3, 32, PictureFormat.PNG);
        Path one = new SceneWriter(range, directory.resolve("a"), n -> {})
                .writeShards(10)
                .get(0);
        Path two = new SceneWriter(range, directory.resolve("b"), n -> {})
                .writeShards(10)
                .get(0);
        assertThat(Files.mismatch(one, two)).isEqualTo(-1);
    }

    private static Map<String, byte[]> untar(Path shard) throws IOException {
        var files = new LinkedHashMap<String, byte[]>();
        try (var tar = new TarArchiveInputStream(Files.newInputStream(shard))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                files.put(entry.getName(), tar.readAllBytes());
            }
        }
        return files;
    }

    @Test
    void saysInOneLineWhatIsWrong(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "here");
        var range = new SceneRange(SceneSplit.TEST, 0, 1, 64, PictureFormat.PNG);
        assertThatThrownBy(() -> new SceneWriter(range, file, n -> {}).writeKarpathy())
                .isInstanceOf(MedleyException.class)
                .hasMessageStartingWith(file + ": cannot write scenes there")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> new SceneWriter(range, directory, n -> {}).writeShards(0))
                .isInstanceOf(MedleyException.class)
                .hasMessage("shard size 0: must be 1 to 1000000");
        assertThatThrownBy(() -> new SceneRange(SceneSplit.TEST, 0, 0, 64, PictureFormat.PNG))
                .isInstanceOf(MedleyException.class)
                .hasMessage("number of scenes 0: must be 1 or more");
    }
}
