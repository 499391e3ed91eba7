package io.medley.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.scenes.PictureFormat;
import io.medley.scenes.SceneRange;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneWriter;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over Hadoop's own file system of the local disk. */
class HadoopStorageTest {
    private final HadoopStorage storage = new HadoopStorage(new Configuration());

    @TempDir
    private Path folder;

    private String address(String name) {
        return "file:" + folder.resolve(name);
    }

    private List<String> keys(ShardInput input) {
        var keys = new ArrayList<String>();
        try (var rows = storage.open(input)) {
            rows.forEachRemaining(row -> keys.add(row.key()));
        }
        return keys;
    }

    @Test
    void shardsAreFoundAndReadAsOnDisk() throws IOException {
        new SceneWriter(new SceneRange(SceneSplit.WEB, 0, 6, 16, PictureFormat.JPEG), folder.resolve("web"), n -> {})
                .writeShards(2);
        Files.writeString(folder.resolve("web/00000.parquet"), "not a shard");
        var plain = ShardInputs.find(List.of(folder + "/web"));
        for (var pattern : List.of("web", "web/*.tar", "web/*", "web/{00000..00002}.tar", "web/0000{0,1,2}.tar")) {
            var found = ShardInputs.find(List.of(address(pattern)), 1000, storage);
            assertThat(found.stream().map(ShardInput::name)).containsExactly("00000", "00001", "00002");
            assertThat(keys(found.get(1))).isEqualTo(keys(plain.get(1))).hasSize(2);
        }
        var first = ShardInputs.find(List.of(address("web")), 1000, storage).get(0);
        assertThat(storage.same(first.source(), folder + "/web", "00000.tar")).isTrue();
        assertThat(storage.same(first.source(), address("web"), "00001.tar")).isFalse();
        assertThat(storage.same("https://example.org/web/00000.tar", address("web"), "00000.tar"))
                .isFalse();
        for (var none : List.of("nothing", "web/*.zip", "web/00007.tar")) {
            assertThatThrownBy(() -> ShardInputs.find(List.of(address(none)), 1000, storage))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("no tar files");
        }
        assertThatThrownBy(() -> storage.open(new ShardInput("x", address("x.tar"), 0, ShardInput.ALL)))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("x.tar");
        assertThatThrownBy(() -> HadoopStorage.connect("nosuch://host/x"))
                .isInstanceOf(MedleyException.class)
                .hasMessageNotContaining("\n");
    }

    @Test
    void filesAppearWholeAndReplaceOlderOnes() throws IOException {
        var out = address("out");
        assertThat(storage.names(out)).isEmpty();
        for (var text : List.of("first", "second")) {
            var work = storage.workspace(out);
            var file = Files.writeString(work.resolve("a.txt"), text);
            storage.publish(file, out, "a.txt");
            assertThat(file).doesNotExist();
            Files.delete(work);
            assertThat(folder.resolve("out/a.txt")).hasContent(text);
        }
        Files.writeString(folder.resolve("out/.work-left"), "half");
        storage.clean(out);
        assertThat(storage.names(out)).containsExactly("a.txt");
        try (var in = storage.read(out, "a.txt")) {
            assertThat(in.readAllBytes()).asString().isEqualTo("second");
        }
    }

    @Test
    void aJournalGoesOnWhereItWas() throws IOException {
        try (var journal = storage.journal(address("out"), "m.jsonl")) {
            assertThat(journal.lines()).isEmpty();
            journal.append("one");
            // The first line is there at once: it tells others what this folder is.
            assertThat(folder.resolve("out/m.jsonl")).hasContent("one");
            journal.append("two");
        }
        try (var journal = storage.journal(address("out"), "m.jsonl")) {
            assertThat(journal.lines()).containsExactly("one", "two");
            journal.append("three");
        }
        assertThat(folder.resolve("out/m.jsonl")).hasContent("one\ntwo\nthree");
    }
}
