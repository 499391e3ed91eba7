package io.medley.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.medley.scenes.PictureFormat;
import io.medley.scenes.SceneRange;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneWriter;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardInputsTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        new SceneWriter(new SceneRange(SceneSplit.WEB, 0, 4, 16, PictureFormat.JPEG), folder, n -> {}).writeShards(2);
    }

    private static List<String> keys(ShardInput input) {
        var keys = new ArrayList<String>();
        try (var rows = ShardInputs.open(input)) {
            rows.forEachRemaining(row -> keys.add(row.key()));
        }
        return keys;
    }

    @Test
    void sideCarsBesideShardsAreNoInputs() throws IOException {
        // As img2dataset leaves them; what they say of a sample is in its .json, too.
        Files.writeString(folder.resolve("00000.parquet"), "PAR1");
        var inputs = ShardInputs.find(List.of(folder.toString()));
        assertThat(inputs.stream().map(ShardInput::name)).containsExactly("00000", "00001");
        assertThat(keys(inputs.get(1))).hasSize(2);
    }

    @Test
    void rangesAndGlobsTogether() {
        assertThat(ShardInputs.find(List.of(folder + "/0000{1..1}.*", folder + "/{00000,none}.tar")).stream()
                        .map(ShardInput::name))
                .containsExactly("00001", "00000");
    }

    @Test
    void linksAreFollowed(@TempDir Path elsewhere) throws IOException {
        var link = Files.createSymbolicLink(elsewhere.resolve("web"), folder);
        for (var pattern : List.of(link.toString(), link + "/*.tar", elsewhere + "/**.tar")) {
            assertThat(ShardInputs.find(List.of(pattern)).stream().map(ShardInput::name))
                    .as(pattern)
                    .containsExactly("00000", "00001");
        }
    }

    @Test
    void shardsAreFetchedWhole() throws IOException {
        var tar = Files.readAllBytes(folder.resolve("00000.tar"));
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/00000.tar", exchange -> {
            exchange.sendResponseHeaders(200, tar.length);
            exchange.getResponseBody().write(tar);
            exchange.close();
        });
        server.createContext("/00001.tar.gz", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = new GZIPOutputStream(exchange.getResponseBody())) {
                out.write(tar);
            }
            exchange.close();
        });
        server.start();
        try {
            var address = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
            var inputs = ShardInputs.find(
                    List.of(address + "0000{0..0}.tar", address + "00001.tar.gz?token=1", address + "none.tar"));
            var local = keys(new ShardInput("x", folder.resolve("00000.tar").toString(), 0, ShardInput.ALL));
            assertThat(keys(inputs.get(0))).isEqualTo(local).hasSize(2);
            assertThat(keys(inputs.get(1))).isEqualTo(local);
            assertThatThrownBy(() -> ShardInputs.open(inputs.get(2)))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("404");
        } finally {
            server.stop(0);
        }
    }
}
