package io.medley.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jerolba.carpet.CarpetWriter;
import com.sun.net.httpserver.HttpServer;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureListTest {
    private static final RemoteFiles REMOTE = new RemoteFiles(Duration.ofSeconds(5), 1, Duration.ofMillis(1));

    @TempDir
    private Path directory;

    private HttpServer server;
    private String address;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean known = exchange.getRequestURI().getPath().equals("/known.png");
            byte[] bytes = exchange.getRequestURI().getPath().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 404, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        address = "http://127.0.0.1:" + server.getAddress().getPort();
        Files.createDirectories(directory.resolve("pictures/more"));
        for (var name : List.of("a.jpg", "more/b.PNG", "c.jpg", ".hidden.jpg", "notes.txt")) {
            Files.writeString(directory.resolve("pictures").resolve(name), "bytes of " + name);
        }
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** {@code key|file|bytes|texts}, or {@code -key: reason}. */
    private static List<String> rows(Path source, long skipped) {
        var lines = new ArrayList<String>();
        try (var rows = PictureList.open(source, REMOTE)) {
            assertThat(rows.skip(skipped)).isEqualTo(skipped);
            while (rows.hasNext()) {
                var row = rows.next();
                assertThat(row.place().row()).isEqualTo(skipped + lines.size());
                if (row instanceof Row.Good<Sample> good) {
                    var sample = good.value();
                    lines.add(String.join(
                            "|",
                            row.key(),
                            sample.metadata().path("file").asString(),
                            new String(sample.image().bytes(), StandardCharsets.UTF_8),
                            String.join("|", sample.texts())));
                } else if (row instanceof Row.Broken<Sample> broken) {
                    lines.add("-" + row.key() + ": " + broken.reason());
                }
            }
        }
        return lines;
    }

    @Test
    void aFolderAndAllBelowIt() throws IOException {
        var folder = directory.resolve("pictures");
        Files.writeString(folder.resolve("more/b.txt"), "two\nlines \n");
        Files.write(folder.resolve("c.txt"), new byte[] {(byte) 0xff});
        assertThat(PictureList.isOne(folder)).isTrue();
        assertThat(PictureList.size(folder)).isEqualTo(3);
        assertThat(rows(folder, 0))
                .containsExactly(
                        "000000000|a.jpg|bytes of a.jpg|",
                        "-000000001: its text is not UTF-8",
                        "000000002|more/b.PNG|bytes of more/b.PNG|two\nlines");
        assertThat(rows(folder, 2)).containsExactly("000000002|more/b.PNG|bytes of more/b.PNG|two\nlines");
    }

    @Test
    void linesWithAllThatMayBeWrongWithThem() throws IOException {
        var list = directory.resolve("list.jsonl");
        var lines = new ArrayList<byte[]>();
        for (var line : List.of(
                "{\"image\": \"pictures/a.jpg\", \"captions\": [\"one\", \"two\"], \"licence\": \"none\"}",
                "",
                "{\"image\": \"" + directory.resolve("pictures/c.jpg") + "\"}",
                "{\"url\": \"" + address + "/known.png\", \"text\": \" from far \"}",
                "{\"url\": \"" + address + "/unknown.png\"}",
                "{\"image\": \"pictures/notes.txt\"}",
                "{\"image\": \"pictures/none.jpg\"}",
                "{broken",
                "{\"text\": \"no picture\"}",
                "{\"image\": \"a.jpg\", \"text\": \"" + "x".repeat(5 << 20) + "\"}")) {
            lines.add((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
        lines.add(new byte[] {'{', (byte) 0xff, '}'});
        try (var out = Files.newOutputStream(list)) {
            for (var line : lines) {
                out.write(line);
            }
        }
        assertThat(PictureList.size(list)).isEqualTo(10);
        var rows = rows(list, 0);
        assertThat(rows)
                .startsWith(
                        "000000000|pictures/a.jpg|bytes of a.jpg|one|two",
                        "000000001|" + directory.resolve("pictures/c.jpg") + "|bytes of c.jpg|",
                        "000000002|" + address + "/known.png|/known.png|from far");
        assertThat(rows.subList(3, 10)).allSatisfy(line -> assertThat(line).startsWith("-00000000"));
        assertThat(rows.get(3)).contains("404");
        assertThat(rows.get(4)).contains("'pictures/notes.txt' is none by its name");
        assertThat(rows.get(8)).contains("longer than");
        assertThat(rows.get(9)).contains("not UTF-8");
        assertThat(rows(list, 9)).containsExactly("-000000009: not UTF-8");
    }

    /** As img2dataset's metadata, and LAION's. */
    record Meta(String url, String caption, String key, String status) {}

    record Laion(String URL, String TEXT, double similarity) {}

    @Test
    void parquet() throws IOException {
        var file = directory.resolve("00000.parquet");
        try (var writer = new CarpetWriter<>(Files.newOutputStream(file), Meta.class)) {
            writer.write(new Meta("pictures/a.jpg", "one", "000000000", "success"));
            writer.write(new Meta(address + "/known.png", "two", "000000001", "success"));
            writer.write(new Meta(address + "/gone.png", null, "000000002", "failed_to_download"));
        }
        assertThat(PictureList.size(file)).isEqualTo(3);
        assertThat(rows(file, 0))
                .startsWith(
                        "000000000|pictures/a.jpg|bytes of a.jpg|one",
                        "000000001|" + address + "/known.png|/known.png|two")
                .hasSize(3);
        assertThat(rows(file, 2).get(0)).startsWith("-000000002: ").contains("404");
        var laion = directory.resolve("laion.parquet");
        try (var writer = new CarpetWriter<>(Files.newOutputStream(laion), Laion.class)) {
            writer.write(new Laion("pictures/c.jpg", "three", 0.3));
        }
        assertThat(rows(laion, 0)).containsExactly("000000000|pictures/c.jpg|bytes of c.jpg|three");
        Files.writeString(laion, "PAR1 but not really");
        assertThatThrownBy(() -> PictureList.size(laion))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("cannot be read as Parquet");
    }
}
