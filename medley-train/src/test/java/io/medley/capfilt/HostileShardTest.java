package io.medley.capfilt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.Models;
import io.medley.image.ImageFiles;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.shards.LocalStorage;
import io.medley.shards.RunOptions;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardRun;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards from people who are careless, or mean harm. */
class HostileShardTest {
    private static final byte[] PICTURE =
            ImageFiles.encodeJpeg(Scenes.render(Scenes.of(SceneSplit.TEST).scene(0), 64), 90);

    @TempDir
    Path folder;

    private static CapFiltModels models;

    @BeforeAll
    static void load() {
        models = CapFiltModels.load(Models.registry(), "scenes", "scenes", null, 1);
    }

    @AfterAll
    static void close() {
        models.close();
    }

    private record Member(String name, byte[] content) {}

    private static Member member(String name, String content) {
        return new Member(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private Path tar(List<Member> members) throws IOException {
        var file = folder.resolve("hostile.tar");
        try (OutputStream out = Files.newOutputStream(file);
                var tar = new TarArchiveOutputStream(out, "UTF-8")) {
            for (var member : members) {
                var entry = new TarArchiveEntry(member.name(), true);
                entry.setSize(member.content().length);
                tar.putArchiveEntry(entry);
                tar.write(member.content());
                tar.closeArchiveEntry();
            }
        }
        return file;
    }

    private CapFiltRun.Result run(Path tar, double maxErrors) throws IOException, InterruptedException {
        var settings = models.settings(CapFiltSettings.paperCaptions(1, 0), new Policy.Paper(0), 4, false, false);
        var listener = new ShardRun.Listener() {
            @Override
            public void rows(long more) {}

            @Override
            public void say(String line) {}
        };
        return CapFiltRun.of(models, new LocalStorage(), settings, new RunOptions(1, 0, maxErrors), listener)
                .run(ShardInputs.find(List.of(tar.toString())), folder.resolve("out"));
    }

    private List<SideCarRow> rows() throws IOException {
        var rows = new ArrayList<SideCarRow>();
        try (var some = SideCar.read(folder.resolve("out/hostile.parquet"))) {
            some.forEachRemaining(rows::add);
        }
        return rows;
    }

    /** A PNG that claims 50,000 × 50,000 pixels. */
    private static byte[] bomb() {
        var png = ImageFiles.encodePng(Scenes.render(Scenes.of(SceneSplit.TEST).scene(1), 16));
        png[16] = 0;
        png[17] = 0;
        png[18] = (byte) 0xc3;
        png[19] = 0x50;
        System.arraycopy(png, 16, png, 20, 4);
        return png;
    }

    @Test
    void whatCannotBeUsedBecomesAnErrorRowAndNothingElse() throws Exception {
        var result = run(
                tar(List.of(
                        new Member("good.jpg", PICTURE),
                        member("good.txt", "a red cat"),
                        member("good.json", "{\"url\": \"http://example.org/1\"}"),
                        new Member("torn.jpg", Arrays.copyOf(PICTURE, PICTURE.length / 2)),
                        member("torn.txt", "half a picture"),
                        new Member("bomb.png", bomb()),
                        member("bomb.txt", "boom"),
                        member("nothing.jpg", "no picture at all"),
                        member("alone.txt", "a text without a picture"),
                        new Member("latin.jpg", PICTURE),
                        new Member("latin.txt", "Schl\u00f6sser".getBytes(StandardCharsets.ISO_8859_1)),
                        new Member("../../escape.jpg", PICTURE),
                        new Member("good.jpg", PICTURE),
                        new Member("silent.jpg", PICTURE),
                        new Member("blank.jpg", PICTURE),
                        member("blank.txt", "  \n"),
                        new Member("said.jpg", PICTURE),
                        member("said.json", "{\"caption\": \"from the metadata\"}"),
                        member("listed.json", "[1, 2"),
                        new Member("huge.jpg", PICTURE),
                        member("huge.txt", "word ".repeat(50_000)))),
                1);
        var rows = rows();
        var broken =
                rows.stream().filter(SideCarRow::isError).map(SideCarRow::key).toList();
        assertThat(broken).contains("torn", "bomb", "nothing", "alone", "latin", "good", "listed");
        assertThat(broken).hasSize(8);
        assertThat(rows.stream().filter(SideCarRow::isError)).allSatisfy(row -> {
            assertThat(row.error()).isNotBlank().doesNotContain("\n");
            assertThat(row.kept()).isFalse();
        });
        assertThat(result.total().errors()).isEqualTo(8);
        assertThat(result.total().successes()).isEqualTo(5);
        assertThat(result.total().problems()).isNotEmpty();
        var web = rows.stream().filter(row -> "web".equals(row.source())).toList();
        assertThat(web.stream().map(SideCarRow::key))
                .contains("good", "said", "huge")
                .doesNotContain("silent");
        assertThat(web.stream().filter(row -> row.key().equals("said")).map(SideCarRow::text))
                .containsExactly("from the metadata");
        assertThat(rows.stream().filter(row -> "synthetic".equals(row.source()) && row.kept()))
                .isNotEmpty();
        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all.map(path -> path.getFileName().toString())).doesNotContain("escape.jpg");
        }
    }

    @Test
    void anArchiveThatEndsEarlyKeepsWhatCameBefore() throws Exception {
        var tar = tar(List.of(
                new Member("one.jpg", PICTURE),
                member("one.txt", "a"),
                new Member("two.jpg", PICTURE),
                member("two.txt", "b")));
        Files.write(tar, Arrays.copyOf(Files.readAllBytes(tar), 512 + PICTURE.length + 2048));
        var result = run(tar, 1);
        assertThat(result.total().successes()).isEqualTo(1);
        assertThat(result.total().errors()).isEqualTo(1);
        assertThat(result.total().problems().get(0)).contains("hostile.tar");
    }

    @Test
    void tooManyErrorsStopTheRunInOneLine() throws Exception {
        var members = new ArrayList<Member>();
        for (int i = 0; i < 120; i++) {
            members.add(i % 4 == 0 ? member(i + ".jpg", "broken") : new Member(i + ".jpg", PICTURE));
        }
        var tar = tar(members);
        assertThatThrownBy(() -> run(tar, 0.2))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("30 of 120 rows")
                .hasMessageContaining("--max-errors")
                .hasMessageNotContaining("\n");
        // What was done stays done: whoever allows more errors goes on from there.
        var result = run(tar, 0.3);
        assertThat(result.skipped()).isEqualTo(1);
        assertThat(result.total().errors()).isEqualTo(30);
    }

    @Test
    void namesThatMeetAreRefused() throws IOException {
        for (var name : List.of("a", "b")) {
            Files.createDirectories(folder.resolve(name));
            Files.write(folder.resolve(name).resolve("00000.tar"), new byte[1024]);
        }
        assertThatThrownBy(() -> ShardInputs.find(List.of(folder + "/**.tar")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("00000.tar");
        assertThatThrownBy(() -> ShardInputs.find(List.of(folder + "/c/*.tar")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("no such directory");
        assertThatThrownBy(() -> ShardInputs.find(List.of(folder + "/a/*.zip"))).isInstanceOf(MedleyException.class);
        assertThat(ShardInputs.find(List.of(folder + "/a")).get(0).name()).isEqualTo("00000");
    }

    @Test
    void rangesInBracesCount() {
        assertThat(ShardInputs.find(List.of("https://example.org/x/{08..11}.tar?token=1")).stream()
                        .map(ShardInput::name))
                .containsExactly("08", "09", "10", "11");
    }

    @Test
    void picturesInAFolderOrOnAListAreCutIntoShards() throws Exception {
        var pictures = Files.createDirectories(folder.resolve("pictures/more"));
        for (var name : List.of("a.b c.jpg", "more/b.jpg", "c.jpg")) {
            Files.write(folder.resolve("pictures").resolve(name), PICTURE);
        }
        Files.writeString(pictures.resolve("b.txt"), "a text beside it\n");
        Files.writeString(
                folder.resolve("list.jsonl"),
                """
                {"image": "pictures/c.jpg", "text": "on the list", "licence": "none"}
                {"image": "pictures/missing.jpg"}
                {"image": "ftp://example.org/x.jpg"}
                no json
                """);
        assertThat(texts(folder.resolve("pictures"), 2)).containsExactly("00000:0", "00001:2 a text beside it");
        assertThat(texts(folder.resolve("list.jsonl"), 1000)).containsExactly("00000:0 on the list");
    }

    /** Shards with the numbers of their first rows and their web texts. */
    private List<String> texts(Path source, long slice) throws Exception {
        var shards = new ArrayList<String>();
        var settings = models.settings(CapFiltSettings.paperCaptions(1, 0), new Policy.Paper(0), 4, true, false);
        var out = folder.resolve("out-" + source.getFileName());
        for (var input : ShardInputs.find(List.of(source.toString()), slice, new LocalStorage())) {
            new ShardJob(input, out.toString(), settings).run(models, new LocalStorage(), ShardJob.QUIET);
            var line = new StringBuilder(input.name() + ":" + input.first());
            try (var rows = SideCar.read(out.resolve(input.name() + ".parquet"))) {
                rows.forEachRemaining(row -> {
                    if ("web".equals(row.source())) {
                        line.append(' ').append(row.text());
                    }
                });
            }
            shards.add(line.toString());
        }
        return shards;
    }
}
