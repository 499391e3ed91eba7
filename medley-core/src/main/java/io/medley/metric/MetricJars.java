package io.medley.metric;

import io.medley.tensor.MedleyException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * METEOR (Denkowski and Lavie, 2014) and SPICE (Anderson et al., 2016), which exist as programs of their own: {@code meteor-1.5.jar} and
 * {@code spice-1.0.jar} with what they need beside them, as the COCO caption evaluation lays them out. Where they are not there the figures
 * are left out, with a line that says so. They run as processes and see sentences only.
 */
public final class MetricJars {
    private static final long MINUTES = 30;

    private final Optional<Path> meteor;
    private final Optional<Path> spice;

    private MetricJars(Optional<Path> meteor, Optional<Path> spice) {
        this.meteor = meteor;
        this.spice = spice;
    }

    /** Neither. */
    public static MetricJars none() {
        return new MetricJars(Optional.empty(), Optional.empty());
    }

    /**
     * Looks for {@code meteor-*.jar} and {@code spice-*.jar} in directories, the first found of each.
     *
     * @throws MedleyException when one is no directory
     */
    public static MetricJars in(List<Path> directories) {
        return new MetricJars(find(directories, "meteor-"), find(directories, "spice-"));
    }

    private static Optional<Path> find(List<Path> directories, String prefix) {
        for (var directory : directories) {
            try (Stream<Path> files = Files.walk(directory, 2)) {
                var jar = files.filter(file -> {
                            var name = String.valueOf(file.getFileName());
                            return name.startsWith(prefix) && name.endsWith(".jar");
                        })
                        .min(Comparator.naturalOrder());
                if (jar.isPresent()) {
                    return jar.map(Path::toAbsolutePath);
                }
            } catch (IOException | UncheckedIOException e) {
                throw new MedleyException(directory + ": cannot be searched for jars of metrics (" + e + ")", e);
            }
        }
        return Optional.empty();
    }

    /**
     * The figures of the jars that are there, {@code METEOR} and {@code SPICE}.
     *
     * @param note gets a line for each that is not
     */
    public Map<String, Double> scores(List<List<String>> references, List<String> captions, Consumer<String> note) {
        var figures = new LinkedHashMap<String, Double>();
        try {
            if (meteor.isPresent()) {
                figures.put("METEOR", meteor(meteor.get(), references, captions));
            }
            if (spice.isPresent()) {
                figures.put("SPICE", spice(spice.get(), references, captions));
            }
        } catch (IOException e) {
            throw new MedleyException("a jar of metrics could not be run (" + e.getMessage() + ")", e);
        }
        var absent = new ArrayList<String>();
        meteor.ifPresentOrElse(jar -> {}, () -> absent.add("METEOR (meteor-1.5.jar)"));
        spice.ifPresentOrElse(jar -> {}, () -> absent.add("SPICE (spice-1.0.jar)"));
        if (!absent.isEmpty()) {
            note.accept(String.join(" and ", absent) + " not measured: no jar found; name its directory to measure it");
        }
        return figures;
    }

    private static Process start(Path jar, List<String> arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx2G", "-jar", jar.toString()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .directory(Objects.requireNonNull(jar.getParent()).toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Its protocol on standard streams: a SCORE line per caption gives statistics, an EVAL line with all of them the scores. */
    private static double meteor(Path jar, List<List<String>> references, List<String> captions) throws IOException {
        var process = start(jar, List.of("-", "-", "-stdio", "-l", "en", "-norm"));
        try (var in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                var out =
                        new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8))) {
            var eval = new StringBuilder("EVAL");
            for (int i = 0; i < captions.size(); i++) {
                var all = references.get(i).stream().map(MetricJars::field).toList();
                send(out, "SCORE ||| " + String.join(" ||| ", all) + " ||| " + field(captions.get(i)));
                eval.append(" ||| ").append(receive(in, jar));
            }
            send(out, eval.toString());
            for (int i = 0; i < captions.size(); i++) {
                receive(in, jar);
            }
            return Double.parseDouble(receive(in, jar).strip());
        } catch (NumberFormatException e) {
            throw new MedleyException(jar + ": said no number but " + e.getMessage() + "; is it METEOR 1.5?", e);
        } finally {
            process.destroy();
        }
    }

    private static String field(String sentence) {
        return PtbTokenizer.normalize(sentence).replace("|||", "").replaceAll(" {2,}", " ");
    }

    private static void send(BufferedWriter out, String line) throws IOException {
        out.write(line);
        out.write('\n');
        out.flush();
    }

    private static String receive(BufferedReader in, Path jar) throws IOException {
        var line = in.readLine();
        if (line == null) {
            throw new MedleyException(jar + ": ended without an answer; run it by hand to see why");
        }
        return line;
    }

    private static double spice(Path jar, List<List<String>> references, List<String> captions) throws IOException {
        var folder = Files.createTempDirectory("medley-spice");
        var input = folder.resolve("in.json");
        var output = folder.resolve("out.json");
        try {
            var json = JsonMapper.shared().createArrayNode();
            for (int i = 0; i < captions.size(); i++) {
                var item = json.addObject().put("image_id", i).put("test", captions.get(i));
                references.get(i).forEach(item.putArray("refs")::add);
            }
            Files.writeString(input, json.toString());
            var process = start(jar, List.of(input.toString(), "-out", output.toString(), "-subset", "-silent"));
            // Nothing it prints is needed, but a full pipe would stop it.
            process.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroy();
                throw new MedleyException(jar + ": did not end within " + MINUTES + " minutes");
            }
            if (!Files.exists(output)) {
                throw new MedleyException(jar + ": wrote no result (exit status " + process.exitValue()
                        + "); its lib directory with the Stanford parser must lie beside it");
            }
            return JsonMapper.shared()
                    .readTree(Files.readString(output))
                    .valueStream()
                    .map(item -> item.path("scores").path("All").path("f"))
                    .mapToDouble(f -> f.isNumber() ? f.asDouble() : 0)
                    .average()
                    .orElse(Double.NaN);
        } catch (JacksonException e) {
            throw new MedleyException(jar + ": its result is no JSON (" + e.getOriginalMessage() + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MedleyException("interrupted while SPICE was running", e);
        } finally {
            Files.deleteIfExists(input);
            Files.deleteIfExists(output);
            Files.deleteIfExists(folder);
        }
    }
}
