package io.medley.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
    private static final RemoteFiles PATIENT = new RemoteFiles(Duration.ofMillis(700), 3, Duration.ofMillis(1));

    /** Starts of the parts that were asked for. */
    private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());

    private HttpServer server;
    private String address;
    private byte[] tar;

    @BeforeEach
    void start() throws IOException {
        var random = new SplittableRandom(1);
        byte[] picture = new byte[200_000];
        random.nextBytes(picture);
        tar = new Tars()
                .sample("a")
                .file("b.jpg", picture)
                .file("b.txt", "b")
                .sample("c")
                .bytes();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/whole.tar", exchange -> answer(exchange, tar.length, true, "\"1\""));
        server.createContext("/breaks.tar", exchange -> answer(exchange, 70_000, true, "\"1\""));
        server.createContext(
                "/noparts.tar", exchange -> answer(exchange, 70_000 * (1 + ranges.size()), false, "\"1\""));
        server.createContext("/changes.tar", exchange -> answer(exchange, 70_000, false, "\"" + ranges.size() + "\""));
        server.createContext("/dead.tar", exchange -> answer(exchange, ranges.isEmpty() ? 70_000 : 0, true, "\"1\""));
        server.createContext("/busy.tar", exchange -> {
            ranges.add("busy");
            if (ranges.size() < 3) {
                exchange.sendResponseHeaders(503, -1);
                exchange.close();
            } else {
                answer(exchange, tar.length, true, "\"1\"");
            }
        });
        server.start();
        address = "http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + "/";
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** Sends at most so many bytes of what was asked for, then breaks the connection. */
    private void answer(HttpExchange exchange, int most, boolean parts, String tag) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = parts && range != null ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
        if (range != null) {
            ranges.add(range);
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (tar.length - 1) + "/" + tar.length);
        }
        exchange.getResponseHeaders().set("ETag", tag);
        exchange.sendResponseHeaders(parts && range != null ? 206 : 200, tar.length - from);
        exchange.getResponseBody().write(tar, from, Math.min(most, tar.length - from));
        exchange.getResponseBody().flush();
        if (most >= tar.length - from) {
            exchange.close();
        } else {
            // The JDK's server ends the connection when a handler fails.
            throw new IOException("cut");
        }
    }

    private List<String> read(String name) {
        var set = new ShardSet(name, List.of(address + name), ShardOptions.DEFAULT, PATIENT);
        var rows = new ArrayList<Row<Sample>>();
        try (var open = set.open(0)) {
            open.forEachRemaining(rows::add);
        }
        return Tars.lines(rows);
    }

    @Test
    void shardsComeFromServers() {
        assertThat(read("whole.tar")).containsExactly("+a", "+b", "+c");
        assertThat(ranges).isEmpty();
        assertThat(read("busy.tar")).containsExactly("+a", "+b", "+c");
    }

    @Test
    void brokenConnectionsGoOnWhereTheyBroke() {
        assertThat(read("breaks.tar")).containsExactly("+a", "+b", "+c");
        // The client may lose the last bytes that came before the break, and asks for these again.
        var starts = ranges.stream()
                .map(range -> Integer.parseInt(range.replaceAll("\\D", "")))
                .toList();
        assertThat(starts).hasSizeBetween(2, 4);
        int before = 0;
        for (int start : starts) {
            assertThat(start).isGreaterThan(before).isLessThanOrEqualTo(before + 70_000);
            before = start;
        }
        ranges.clear();
        assertThat(read("noparts.tar")).containsExactly("+a", "+b", "+c");
    }

    @Test
    void filesThatChangeMeanwhileAndServersThatStaySilentAreNoSamples() {
        assertThat(read("changes.tar"))
                .hasSize(2)
                .startsWith("+a")
                .last()
                .asString()
                .contains("has changed while it was read");
        ranges.clear();
        assertThat(read("dead.tar")).hasSize(2).last().asString().contains("cannot be read further");
        assertThatThrownBy(() -> read("none.tar"))
                .isInstanceOf(MedleyException.class)
                .hasMessageEndingWith("none.tar: the server answers 404, expected 200; check the address");
    }

    @Test
    void stalledConnectionsAreGivenUp() throws IOException {
        // The JDK's server answers one request at a time unless told otherwise.
        int port = server.getAddress().getPort();
        var threads = Executors.newCachedThreadPool();
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try {
            other.setExecutor(threads);
            other.createContext("/stalls.tar", exchange -> {
                if (exchange.getRequestHeaders().getFirst("Range") != null) {
                    answer(exchange, tar.length, true, "\"1\"");
                    return;
                }
                exchange.getResponseHeaders().set("ETag", "\"1\"");
                exchange.sendResponseHeaders(200, tar.length);
                exchange.getResponseBody().write(tar, 0, 50_000);
                exchange.getResponseBody().flush();
                try {
                    Thread.sleep(3000);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            });
            other.start();
            address = address.replace(":" + port + "/", ":" + other.getAddress().getPort() + "/");
            assertThat(read("stalls.tar")).containsExactly("+a", "+b", "+c");
            assertThat(ranges).containsExactly("bytes=50000-");
        } finally {
            other.stop(0);
            threads.shutdownNow();
        }
    }

    @Test
    void patternsStandForFiles(@TempDir Path directory) throws IOException {
        for (String name : List.of("00000.tar", "00001.tar", "00010.tar", "x.txt")) {
            Files.write(directory.resolve(name), tar);
        }
        String at = directory + "/";
        assertThat(SourcePatterns.expand(at + "{00000..00001}.tar"))
                .containsExactly(at + "00000.tar", at + "00001.tar");
        assertThat(SourcePatterns.expand(at + "000{10,00}.tar")).containsExactly(at + "00010.tar", at + "00000.tar");
        assertThat(SourcePatterns.expand(at + "0000?.tar")).containsExactly(at + "00000.tar", at + "00001.tar");
        assertThat(SourcePatterns.expand(directory.toString())).hasSize(3);
        assertThat(SourcePatterns.expand("https://host/a{8..11}.tar"))
                .containsExactly(
                        "https://host/a8.tar", "https://host/a9.tar", "https://host/a10.tar", "https://host/a11.tar");
        for (String bad : List.of("{00000..00002}.tar", "no.tar", "y*.tar", "{3..1}.tar")) {
            assertThatThrownBy(() -> SourcePatterns.expand(at + bad)).isInstanceOf(MedleyException.class);
        }
        assertThatThrownBy(() -> SourcePatterns.expand("http://h/{0..99999999}.tar"))
                .hasMessageContaining("more than 1000000 files");
    }

    @Test
    void joinedSourcesAreOneSetOrHaveShares(@TempDir Path directory) throws IOException {
        Files.write(directory.resolve("0.tar"), tar);
        Files.write(directory.resolve("1.tar"), tar);
        String both = directory + "/0.tar::" + directory + "/{0..1}.tar";
        var one = ShardSet.mixture(both, Optional.empty(), ShardOptions.DEFAULT, PATIENT);
        assertThat(one.parts()).hasSize(1);
        assertThat(((ShardSet) one.parts().get(0).dataset()).files()).hasSize(3);
        var two = ShardSet.mixture(both, Optional.of("1::2.5"), ShardOptions.DEFAULT, PATIENT);
        assertThat(two.parts()).extracting(Mixture.Part::share).containsExactly(1.0, 2.5);
        for (String bad : List.of("1", "1::x", "1::0", "1::-2")) {
            assertThatThrownBy(() -> ShardSet.mixture(both, Optional.of(bad), ShardOptions.DEFAULT, PATIENT))
                    .isInstanceOf(MedleyException.class);
        }
        assertThatThrownBy(() -> ShardSet.mixture("a::", Optional.empty(), ShardOptions.DEFAULT, PATIENT))
                .hasMessage("'a::': a part between :: is empty; write a.tar::b.tar");
    }

    @Test
    void picturesComeFromServersToo() throws IOException {
        assertThat(ImageStore.at(address, PATIENT).read("whole.tar").bytes()).isEqualTo(tar);
        assertThat(ImageStore.at("/", PATIENT).read(address + "whole.tar").bytes())
                .isEqualTo(tar);
        assertThatThrownBy(() -> new ImageStore(address, 100, PATIENT).read("whole.tar"))
                .hasMessageEndingWith("more than 100 bytes; raise the limit");
    }
}
