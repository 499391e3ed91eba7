package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.medley.checkpoint.Checkpoint;
import io.medley.image.Images;
import io.medley.tensor.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OtherCommandsTest extends CommandTest {

    @Test
    void matchScoresEveryText() throws IOException {
        Result result = run("match", "-m", model, "--json", picture("a.png", 2, 2), "a cat", "two dogs");
        assertThat(result.status()).isZero();
        assertThat(result.json()).hasSize(1);
        assertThat(result.json().get(0).path("matches").path(1).path("text").asString(""))
                .isEqualTo("two dogs");
        assertThat(result.json().get(0).path("matches").path(1).path("cosine").asDouble())
                .isEqualTo(0.08);
        assertThat(result.json()
                        .get(0)
                        .path("matches")
                        .path(1)
                        .path("probability")
                        .isNull())
                .isTrue();
        assertThat(run("match", "-m", model, picture("a.png", 2, 2), " ").status())
                .isEqualTo(2);
        assertThat(run("match", "-m", model, picture("a.png", 2, 2)).status()).isEqualTo(2);
    }

    @Test
    void askGeneratesOrRanks() throws IOException {
        String file = picture("a.png", 2, 2);
        assertThat(run("ask", "-m", model, file, "is it?").out()).isEqualTo("yes\n");
        Result ranked =
                run("ask", "-m", model, file, "which?", "--candidates", "red, green,blue", "--top", "2", "--json");
        assertThat(ranked.json().get(0).path("answers")).hasSize(2);
        assertThat(ranked.json().get(0).path("answers").path(1).path("text").asString(""))
                .isEqualTo("green");
        assertThat(run("ask", "-m", model, file, "").status()).isEqualTo(2);
        assertThat(run("ask", "-m", model, file, "q", "--candidates", "a,,b").status())
                .isEqualTo(2);
        assertThat(run("ask", "-m", model, file, "q", "--top", "0").status()).isEqualTo(2);
    }

    @Test
    void classifyRanksLabels() throws IOException {
        Result result = run("classify", "-m", model, picture("a.png", 2, 2), "--labels", "cat,elephant", "--json");
        assertThat(result.status()).isZero();
        assertThat(result.json().get(0).path("labels")).hasSize(2);
        assertThat(run("classify", "-m", model, picture("a.png", 2, 2)).status())
                .isEqualTo(2);
        assertThat(run("classify", "-m", model, picture("a.png", 2, 2), "--labels", "a", "--template", "x")
                        .err())
                .contains("has no {}");
    }

    @Test
    void embedWritesNumpyFiles() throws IOException {
        Path out = home.resolve("out/x.npy");
        Result result =
                run("embed", "-m", model, picture("a.png", 6, 4), picture("b.png", 3, 2), "--out", out.toString());
        assertThat(result.status()).isZero();
        byte[] bytes = Files.readAllBytes(out);
        assertThat(bytes.length % 64).isEqualTo(16);
        assertThat(new String(bytes, 0, 128, StandardCharsets.ISO_8859_1))
                .startsWith("\u0093NUMPY\1\0")
                .contains("'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)")
                .endsWith("\n");
        ByteBuffer values = ByteBuffer.wrap(bytes, 128, 16).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(List.of(values.getFloat(), values.getFloat(), values.getFloat(), values.getFloat()))
                .containsExactly(6f, 4f, 3f, 2f);
        assertThat(Files.readAllLines(home.resolve("out/x.npy.txt")))
                .hasSize(2)
                .first()
                .asString()
                .endsWith("a.png");
    }

    @Test
    void embedWritesSafetensorsAndLines() throws IOException {
        Path tensors = home.resolve("x.safetensors");
        assertThat(run("embed", "-m", model, "--text", "four", "--text", "sixsix", "--out", tensors.toString())
                        .status())
                .isZero();
        try (Checkpoint checkpoint = Checkpoint.open(tensors);
                Scope scope = Scope.open()) {
            assertThat(scope).isNotNull();
            assertThat(checkpoint.load("embeddings").toFloats()).containsExactly(4, 1, 6, 1);
            assertThat(checkpoint.metadata())
                    .containsEntry("inputs", "[\"four\",\"sixsix\"]")
                    .containsEntry("space", "fake/size");
        }
        Path lines = home.resolve("x.jsonl");
        run("embed", "-m", model, picture("a.png", 6, 4), "--text", "four", "--out", lines.toString());
        assertThat(Files.readAllLines(lines)).hasSize(2).last().asString().contains("\"embedding\":[4.0,1.0]");
    }

    @Test
    void embedRefusesWhatItCannotWriteBeforeItWorks() throws IOException {
        String file = picture("a.png", 6, 4);
        assertThat(run("embed", "-m", model, file, "--out", home + "/x.csv").err())
                .contains("unknown format of vectors");
        Files.createDirectories(home.resolve("dir.npy"));
        assertThat(run("embed", "-m", model, file, "--out", home + "/dir.npy").err())
                .contains("is a directory");
        assertThat(run("embed", "-m", model, file, "--out", file + "/x.npy").status())
                .isEqualTo(2);
        assertThat(run("embed", "-m", model, "--out", home + "/x.npy").err()).contains("nothing to embed");
    }

    @Test
    void explainWritesOverlaysAndAPage() throws IOException {
        Path out = home.resolve("why");
        Result result = run("explain", "-m", model, picture("a.png", 40, 30), "red <cat>", "--out", out.toString());
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out().strip()).isEqualTo(out.resolve("index.html").toString());
        assertThat(Images.read(out.resolve("overall.png")).width()).isEqualTo(40);
        assertThat(out.resolve("word-01-red.png")).exists();
        assertThat(out.resolve("word-02-cat.png")).exists();
        assertThat(out.resolve("index.html"))
                .content()
                .contains("red &lt;cat&gt;")
                .doesNotContain("<cat>");
        Result unsupported =
                run("explain", "-m", model, picture("a.png", 40, 30), "x", "--caption", "--out", out.toString());
        assertThat(unsupported.status()).isEqualTo(2);
        assertThat(unsupported.err()).contains("cannot explain captioning");
    }

    @Test
    void aModelThatCannotDoItSaysWhatItCan() throws IOException {
        String captionsOnly = model("captions", "fake-captions");
        Result result = run("ask", "-m", captionsOnly, picture("a.png", 2, 2), "what?");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("cannot ask; this model can caption.");
    }

    @Test
    void unknownModelsAndCommandsNameNearOnes() throws IOException {
        Result model = run("caption", "-m", "Salesforce/blip-vqa-bas", picture("a.png", 2, 2));
        assertThat(model.status()).isEqualTo(2);
        assertThat(model.err()).contains("did you mean Salesforce/blip-vqa-base?");
        Result command = run("captoin");
        assertThat(command.status()).isEqualTo(2);
        assertThat(command.err()).contains("did you mean caption");
        Result option = run("caption", "--bems", "3", "x.png");
        assertThat(option.status()).isEqualTo(2);
        assertThat(option.err()).contains("--beams");
    }

    @Test
    void modelsListsKnownAndCached() {
        Result result = run("models", "--json");
        assertThat(result.json())
                .extracting(node -> node.path("name").asString(""))
                .containsExactly("scenes", "Salesforce/blip-vqa-base");
    }

    @Test
    void inspectAndConvertReadWhatTheyWrite() throws IOException {
        Path tensors = home.resolve("x.safetensors");
        run("embed", "-m", model, "--text", "four", "--out", tensors.toString());
        Result inspected = run("inspect", tensors.toString());
        assertThat(inspected.out()).isEqualTo("float32   [1, 2]                  embeddings\n");
        Path half = home.resolve("half.safetensors");
        assertThat(run("convert", tensors.toString(), half.toString(), "--dtype", "f16")
                        .status())
                .isZero();
        assertThat(run("inspect", half.toString(), "--json")
                        .json()
                        .get(0)
                        .path("tensors")
                        .path(0)
                        .path("dtype")
                        .asString(""))
                .isEqualTo("float16");
        Path torch = home.resolve("half.pth");
        assertThat(run("convert", half.toString(), torch.toString()).status()).isZero();
        assertThat(run("inspect", torch.toString()).out()).isEqualTo("float16   [1, 2]                  embeddings\n");
        assertThat(run("convert", tensors.toString(), half.toString()).err()).contains("exists already");
        assertThat(run("convert", tensors.toString(), home + "/x.onnx").err()).contains("unknown format");
        assertThat(run("inspect", home + "/nothing").status()).isEqualTo(2);
        assertThat(run("inspect", file("bad.safetensors", "????????????????")).status())
                .isEqualTo(2);
    }

    @Test
    void pullChecksTheName() {
        assertThat(run("pull", "scenes").err()).contains("is built in");
        assertThat(run("pull", "blip-vqa-bse").err()).contains("did you mean Salesforce/blip-vqa-base");
        assertThat(run("pull", "../../etc").status()).isEqualTo(2);
        environment.put("HF_ENDPOINT", "ftp://nowhere");
        assertThat(run("pull", "a/b").err()).contains("HF_ENDPOINT");
    }

    @Test
    void demoWritesPicturesAndOnePageThatNeedsNothingElse() throws IOException {
        Path out = home.resolve("demo");
        Result result = run("demo", "-m", model, "--pictures", "2", "--out", out.toString(), "--json");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.json()).hasSize(1);
        assertThat(result.json().get(0).path("page").asString("")).endsWith("index.html");
        assertThat(Images.read(out.resolve("pictures/scene-01.png")).width()).isEqualTo(320);
        assertThat(Images.read(out.resolve("pictures/scene-02.jpg")).width()).isEqualTo(320);
        String page = Files.readString(out.resolve("index.html"));
        assertThat(page)
                .contains(
                        "a 320 by 320 picture, seed 0, Beam",
                        "a 320 by 320 picture, seed 1, Nucleus",
                        "Which text fits?")
                .contains("data:image/jpeg;base64,")
                .doesNotContain("http://", "https://", "<script", "src=\"pictures");
        assertThat(page.split("<div", -1).length).isEqualTo(page.split("</div>", -1).length);
        assertThat(run("demo", "-m", model, "--pictures", "0").status()).isEqualTo(2);
    }

    @Test
    void pullReportsWhatTheHubSays() throws IOException {
        HttpServer hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        hub.start();
        environment.put("HF_ENDPOINT", "http://127.0.0.1:" + hub.getAddress().getPort());
        Result unknown = run("pull", "nobody/nothing");
        hub.stop(0);
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err().strip().lines())
                .hasSize(1)
                .first()
                .asString()
                .contains("nobody/nothing: the hub answers 404");
        assertThat(home.resolve("hub")).doesNotExist();
        Result offline = run("pull", "nobody/nothing");
        assertThat(offline.status()).isEqualTo(2);
        assertThat(offline.err()).contains("no connection");
    }

    @Test
    void verifyNeedsReferenceDirectories() throws IOException {
        assertThat(run("verify", home.resolve("none").toString()).status()).isEqualTo(2);
        Files.createDirectories(home.resolve("empty"));
        assertThat(run("verify", home.resolve("empty").toString()).err()).contains("no reference directory");
        file("bad/cases.safetensors", "nonsense");
        Result bad = run("verify", home.resolve("bad").toString());
        assertThat(bad.status()).isEqualTo(1);
        assertThat(bad.lines()).last().isEqualTo("1 cases, 1 failed");
    }

    @Test
    void doctorSaysWhichBlasIsLoaded() {
        Result result = run("doctor", "--json");
        assertThat(result.status()).isZero();
        assertThat(result.json().get(0).path("engine").asString("")).startsWith("LibTorch 2.");
        assertThat(result.json().get(0).path("blas").asString("")).isNotBlank();
    }

    @Test
    void everyHelpHasAnExample() {
        Result all = run("--help");
        assertThat(all.status()).isZero();
        assertThat(all.out()).contains("medley demo");
        for (String name : commands().getSubcommands().keySet()) {
            Result help = run(name, "--help");
            assertThat(help.status()).as(name).isZero();
            assertThat(help.out()).as(name).contains("Example").contains("  medley " + name);
            assertThat(all.out()).contains("  " + name);
        }
    }

    @Test
    void commandsAreFoundUnderTheirOwnNames() {
        commands().getSubcommands().forEach((name, line) -> {
            Object command = line.getCommandSpec().userObject();
            assertThat(command.getClass()
                            .getAnnotation(picocli.CommandLine.Command.class)
                            .name())
                    .isEqualTo(name);
        });
    }

    @Test
    void defectsAreOneLineUnlessDebugging() {
        Console quiet = new Console(new java.io.ByteArrayOutputStream(), new java.io.ByteArrayOutputStream(), false);
        assertThat(Problems.report(new IllegalStateException("boom"), quiet, environment))
                .isEqualTo(3);
        java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
        environment.put("MEDLEY_DEBUG", "1");
        Problems.report(new IllegalStateException("boom"), new Console(err, err, false), environment);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("\tat io.medley.cli");
    }
}
