package io.medley.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that speak the protocols of METEOR and SPICE, in place of these. */
class MetricJarsTest {
    private static final List<List<String>> REFERENCES = List.of(List.of("a cat", "the cat"), List.of("two dogs"));
    private static final List<String> CAPTIONS = List.of("The cat.", "boats");

    /** Scores 1 for a caption that is one of its references. */
    private static final String METEOR =
            """
            public class Fake {
                public static void main(String[] args) throws Exception {
                    var in = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
                    for (var line = in.readLine(); line != null; line = in.readLine()) {
                        var fields = line.split(" \\\\|\\\\|\\\\| ");
                        var all = java.util.Arrays.asList(fields);
                        if (fields[0].equals("SCORE")) {
                            var caption = fields[fields.length - 1];
                            System.out.println(all.subList(1, fields.length - 1).contains(caption) ? "1.0" : "0.0");
                        } else {
                            double sum = 0;
                            for (var field : all.subList(1, fields.length)) {
                                System.out.println(field);
                                sum += Double.parseDouble(field);
                            }
                            System.out.println(sum / (fields.length - 1));
                        }
                    }
                }
            }
            """;

    /** Scores a quarter for every caption, to the file that the flag names. */
    private static final String SPICE =
            """
            public class Fake {
                public static void main(String[] args) throws Exception {
                    var in = java.nio.file.Files.readString(java.nio.file.Path.of(args[0]));
                    var out = new StringBuilder("[");
                    for (int at = in.indexOf("image_id"); at >= 0; at = in.indexOf("image_id", at + 1)) {
                        out.append(out.length() > 1 ? "," : "").append("{\\"scores\\":{\\"All\\":{\\"f\\":0.25}}}");
                    }
                    java.nio.file.Files.writeString(java.nio.file.Path.of(args[2]), out.append("]").toString());
                }
            }
            """;

    @TempDir
    Path directory;

    private void jar(String name, String program) throws IOException {
        var source = directory.resolve("Fake.java");
        Files.writeString(source, program);
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", directory.toString(), source.toString());
        assertThat(status).isZero();
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "Fake");
        try (var out = new JarOutputStream(Files.newOutputStream(directory.resolve(name)), manifest)) {
            out.putNextEntry(new JarEntry("Fake.class"));
            out.write(Files.readAllBytes(directory.resolve("Fake.class")));
        }
    }

    @Test
    void jarsThatAreThereScore() throws IOException {
        jar("meteor-1.5.jar", METEOR);
        jar("spice-1.0.jar", SPICE);
        var notes = new ArrayList<String>();
        var figures = MetricJars.in(List.of(directory)).scores(REFERENCES, CAPTIONS, notes::add);
        assertThat(figures.get("METEOR")).isCloseTo(.5, within(1e-9));
        assertThat(figures.get("SPICE")).isCloseTo(.25, within(1e-9));
        assertThat(notes).isEmpty();
    }

    @Test
    void jarsThatAreNotThereAreSaid() {
        var notes = new ArrayList<String>();
        assertThat(MetricJars.in(List.of(directory)).scores(REFERENCES, CAPTIONS, notes::add))
                .isEmpty();
        assertThat(notes).singleElement().asString().contains("METEOR", "SPICE", "no jar found");
    }

    @Test
    void anythingElseUnderTheNameIsOneLine() throws IOException {
        jar("meteor-1.5.jar", "public class Fake { public static void main(String[] args) {} }");
        var jars = MetricJars.in(List.of(directory));
        assertThatThrownBy(() -> jars.scores(REFERENCES, CAPTIONS, note -> {}))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("meteor-1.5.jar");
    }
}
