package io.medley.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardReaderTest {
    @Test
    void samplesComeInOrderWithTheirPlaces() throws IOException {
        byte[] tar = new Tars()
                .special("sub/", TarConstants.LF_DIR, "")
                .file("./sub/000.JPG", "A")
                .file("./sub/000.txt", "\uFEFF a dog \n")
                .file("./sub/000.json", "{\"width\": 3, \"similarity\": NaN}")
                .file("README", "not a sample")
                .file("._001.jpg", "left by a Mac")
                .file("001.webp", "B")
                .file("001.cls", "7")
                .file("001.txt", "eine Maus: ä")
                .bytes();
        List<Row<Sample>> rows = Tars.rows(tar);
        assertThat(rows).hasSize(2);
        Sample first = ((Row.Good<Sample>) rows.get(0)).value();
        assertThat(first.key()).isEqualTo("sub/000");
        assertThat(first.image().extension()).isEqualTo("jpg");
        assertThat(first.image().bytes()).containsExactly('A');
        assertThat(first.texts()).containsExactly("a dog");
        assertThat(first.metadata().get("width").asInt()).isEqualTo(3);
        assertThat(first.metadata().get("similarity").asDouble()).isNaN();
        Sample second = ((Row.Good<Sample>) rows.get(1)).value();
        assertThat(second.texts()).containsExactly("eine Maus: ä");
        assertThat(second.metadata()).isEmpty();
        assertThat(rows).extracting(Row::place).containsExactly(new Place("s.tar", 0), new Place("s.tar", 1));
    }

    @Test
    void eachKindOfHarmCostsItsSampleOnly() throws IOException {
        byte[] latin1 = "Müll".getBytes(StandardCharsets.ISO_8859_1);
        byte[] tar = new Tars()
                .sample("a")
                .file("b.txt", "no picture")
                .file("c.jpg", "no text")
                .file("d.jpg", "d")
                .file("d.txt", latin1)
                .file("e.jpg", "e")
                .file("e.txt", "e")
                .file("e.json", "{broken")
                .file("f.jpg", "f")
                .file("f.txt", "f")
                .file("f.json", "[1]")
                .sample("a")
                .file("g.jpg", "g")
                .file("g.jpg", "g")
                .file("g.txt", "g")
                .file("../../etc/h.jpg", "h")
                .file("/etc/i.jpg", "i")
                .file("C:/j.jpg", "j")
                .file("x\\k.jpg", "k")
                .file("l\n.jpg", "l")
                .special("m.jpg", TarConstants.LF_SYMLINK, "/etc/passwd")
                .file("m.txt", "m")
                .file("n.jpg", "")
                .file("n.txt", "n")
                .file("o.jpg", "o".repeat(200))
                .file("o.txt", "o")
                .sample("z")
                .bytes();
        assertThat(Tars.lines(Tars.rows(tar, new ShardOptions(100, 100, 100, 100, true))))
                .containsExactly(
                        "+a",
                        "-b: no picture (.jpg, .png or .webp)",
                        "-c: no text (.txt)",
                        "-d: its text is not UTF-8",
                        "-e: its metadata is no JSON: 'Unexpected character ('b' (code 98)): was expecting double-quote to"
                                + " start property name'",
                        "-f: its metadata is JSON of kind array, expected an object",
                        "-a: its key was there before in this shard",
                        "-g: two pictures (.jpg and .jpg)",
                        "-../../etc/h: unsafe name '../../etc/h.jpg': it leaves its directory or holds odd characters",
                        "-/etc/i: unsafe name '/etc/i.jpg': it leaves its directory or holds odd characters",
                        "-C:/j: unsafe name 'C:/j.jpg': it leaves its directory or holds odd characters",
                        "-x\\k: unsafe name 'x\\k.jpg': it leaves its directory or holds odd characters",
                        "-l\n: unsafe name 'l\\u000a.jpg': it leaves its directory or holds odd characters",
                        "-m: 'm.jpg' is a link or another special file; only plain files are read",
                        "-n: its picture is empty",
                        "-o: 'o.jpg' has 200 bytes, more than the limit of 100",
                        "+z");
    }

    @Test
    void picturesMayComeWithoutTextsIfAskedFor() throws IOException {
        byte[] tar = new Tars().file("a.jpg", "a").bytes();
        assertThat(Tars.lines(Tars.rows(tar, ShardOptions.DEFAULT.textOptional())))
                .containsExactly("+a");
    }

    @Test
    void aShardCutAnywhereGivesWhatCameBefore() throws IOException {
        byte[] tar = new Tars().sample("a").sample("b").sample("c").bytes();
        byte[] data = Arrays.copyOf(tar, 9 * 1024);
        List<String> whole = List.of("+a", "+b", "+c");
        for (int length = 0; length < data.length; length += 256) {
            List<String> lines = Tars.lines(Tars.rows(Arrays.copyOf(data, length)));
            String last = lines.get(lines.size() - 1);
            assertThat(last).as("cut at %d", length).contains("the shard cannot be read further");
            long good = lines.stream().filter(l -> l.startsWith("+")).count();
            assertThat(lines.subList(0, (int) good)).isEqualTo(whole.subList(0, (int) good));
            // A sample is 3072 bytes, its text begins at 1536, its metadata at 2560. It is good once picture and text
            // are
            // there and what follows is not cut.
            int rest = length % 3072;
            assertThat(good).isEqualTo(length / 3072 + (rest > 1536 && rest != 2560 ? 1 : 0));
            assertThat(lines.size() - good).isBetween(1L, 2L);
        }
        assertThat(Tars.lines(Tars.rows(tar))).isEqualTo(whole);
        assertThat(Tars.lines(Tars.rows(new Tars().bytes()))).isEmpty();
    }

    @Test
    void headersThatAskForTooMuchEndTheShard() throws IOException {
        byte[] endless =
                new Tars().sample("a").longName(new byte[3 << 20]).sample("b").bytes();
        assertThat(Tars.lines(Tars.rows(endless)))
                .containsExactly(
                        "+a", "-: the shard cannot be read further: 'its headers ask for more than is reasonable'");
        byte[] claims = new Tars().sample("a").file("b.jpg", "b").sample("c").bytes();
        // The size of b.jpg, in octal: eight gigabytes.
        patch(claims, 6 * 512 + 124, "77777777777");
        assertThat(Tars.lines(Tars.rows(claims)))
                .containsExactly("+a", "-b: the shard cannot be read further: 'Truncated TAR archive'");
    }

    /** Changes a header and repairs its check sum. */
    private static void patch(byte[] tar, int at, String field) {
        System.arraycopy(field.getBytes(StandardCharsets.US_ASCII), 0, tar, at, field.length());
        int header = at / 512 * 512;
        Arrays.fill(tar, header + 148, header + 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += tar[header + i] & 0xff;
        }
        byte[] octal = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(octal, 0, tar, header + 148, 8);
    }

    @Test
    void thingsThatAreNoShardsSaySo() throws IOException {
        byte[] page = "<html>404</html>".repeat(100).getBytes(StandardCharsets.UTF_8);
        assertThat(Tars.lines(Tars.rows(page))).singleElement().asString().contains("cannot be read further");
        assertThat(Tars.lines(Tars.rows(new byte[0])))
                .containsExactly("-: the shard cannot be read further: 'the archive is empty'");
    }

    @Test
    void noiseNeverEscapesAsAnException() throws IOException {
        byte[] tar = new Tars().sample("a").sample("b").sample("c").bytes();
        var random = new SplittableRandom(7);
        for (int trial = 0; trial < 300; trial++) {
            byte[] bad = tar.clone();
            for (int flips = random.nextInt(1, 40); flips > 0; flips--) {
                int header = random.nextInt(9) * 1024;
                bad[header + random.nextInt(512)] = (byte) random.nextInt(256);
                if (random.nextBoolean()) {
                    patch(bad, header + 156, String.valueOf((char) ('0' + random.nextInt(80))));
                }
            }
            assertThat(Tars.rows(bad)).hasSizeLessThan(12);
        }
    }

    @Test
    void tooManySamplesEndTheShard() throws IOException {
        byte[] tar = new Tars().sample("a").sample("b").sample("c").bytes();
        assertThat(Tars.lines(Tars.rows(tar, new ShardOptions(100, 100, 100, 2, true))))
                .containsExactly("+a", "+b", "-c: the shard has more than 2 samples; the rest is left");
    }

    @Test
    void skippedRowsAreTheOnesThatWouldHaveBeenRead(@TempDir Path directory) throws IOException {
        byte[] tar = new Tars()
                .sample("a")
                .file("b.jpg", "b")
                .sample("c")
                .file("d.jpg", "d".repeat(2000))
                .bytes();
        for (byte[] archive : List.of(tar, Arrays.copyOf(tar, tar.length - 10240 + 4096))) {
            Path file = directory.resolve("s.tar");
            Files.write(file, archive);
            List<String> all = Tars.lines(read(file, 0));
            for (int skip = 0; skip <= all.size(); skip++) {
                List<Row<Sample>> rest = read(file, skip);
                assertThat(Tars.lines(rest)).isEqualTo(all.subList(skip, all.size()));
                if (!rest.isEmpty()) {
                    assertThat(rest.get(0).place().row()).isEqualTo(skip);
                }
            }
        }
    }

    private static List<Row<Sample>> read(Path file, int skip) {
        var rows = new java.util.ArrayList<Row<Sample>>();
        try (var reader = ShardReader.open(file, ShardOptions.DEFAULT)) {
            assertThat(reader.skip(skip)).isEqualTo(skip);
            reader.forEachRemaining(rows::add);
            assertThat(reader.skip(1)).isZero();
            assertThatThrownBy(reader::next).isInstanceOf(NoSuchElementException.class);
        }
        return rows;
    }

    @Test
    void gzipIsUnpackedOnTheWay() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(new Tars().sample("a").bytes());
        }
        try (var reader = ShardReader.of(
                "x.tar.gz", new ByteArrayInputStream(packed.toByteArray()), packed.size(), ShardOptions.DEFAULT)) {
            assertThat(reader.next().key()).isEqualTo("a");
            assertThat(reader.hasNext()).isFalse();
        }
    }

    @Test
    void whatIsWrittenIsReadAndTheSameEveryTime(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("new/00000.tar");
        Path again = directory.resolve("again.tar");
        write(file);
        write(again);
        assertThat(Files.mismatch(file, again)).isEqualTo(-1);
        assertThat(file.getParent()).isDirectoryContaining("glob:**/00000.tar");
        List<Row<Sample>> rows = new java.util.ArrayList<>();
        try (var reader = ShardReader.open(file, ShardOptions.DEFAULT.textOptional())) {
            reader.forEachRemaining(rows::add);
        }
        assertThat(rows).extracting(Row::key).containsExactly("000000000", LONG_KEY);
        Sample first = ((Row.Good<Sample>) rows.get(0)).value();
        assertThat(first.image().bytes()).isEqualTo(PICTURE);
        assertThat(first.texts()).containsExactly("ein Bär");
        assertThat(first.metadata().get("score").asDouble()).isNaN();
    }

    private static final byte[] PICTURE = {1, 2, 3, -1};
    private static final String LONG_KEY = "ü/" + "n".repeat(150);

    private static void write(Path file) throws IOException {
        var metadata = DataJson.MAPPER.createObjectNode().put("score", Double.NaN);
        try (var writer = new ShardWriter(file)) {
            writer.add("000000000", new EncodedImage("png", PICTURE), Optional.of("ein Bär"), metadata);
            writer.add(LONG_KEY, new EncodedImage("jpg", PICTURE), Optional.empty(), metadata);
            assertThat(writer.samples()).isEqualTo(2);
            assertThat(file).doesNotExist();
            writer.commit();
        }
    }

    @Test
    void aShardGivenUpLeavesNothing(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("a.tar"), "before");
        var image = new EncodedImage("jpg", PICTURE);
        try (var writer = new ShardWriter(file)) {
            writer.add("a", image, Optional.of("a"), DataJson.MAPPER.createObjectNode());
            for (String key : List.of("a.b", "", "x/", "../b", "/b")) {
                assertThatThrownBy(() -> writer.add(key, image, Optional.empty(), DataJson.MAPPER.createObjectNode()))
                        .isInstanceOf(MedleyException.class)
                        .hasMessageContaining("a sample cannot be named");
            }
            assertThatThrownBy(() -> writer.add("a", image, Optional.empty(), DataJson.MAPPER.createObjectNode()))
                    .isInstanceOf(MedleyException.class)
                    .hasMessage(file + ": two samples are named 'a'; keys must be unique");
        }
        assertThat(file).hasContent("before");
        try (var left = Files.list(directory)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void aFileThatIsNotThereIsTheCallersProblem(@TempDir Path directory) {
        Path file = directory.resolve("no.tar");
        assertThatThrownBy(() -> ShardReader.open(file, ShardOptions.DEFAULT))
                .isInstanceOf(MedleyException.class)
                .hasMessageStartingWith(file + ": cannot be opened as a tar shard");
    }
}
