package io.medley.cli;

import io.medley.Models;
import io.medley.model.reference.CaseResult;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code medley verify}. */
@Command(
        name = "verify",
        description = {
            "Recompute what the original code computed and compare.",
            "",
            "Prints for every stored value 'case max_abs max_rel ok|FAIL': the largest absolute",
            "difference, and that difference relative to the value's largest magnitude. A value agrees",
            "within 1e-5 + 1e-4 of that magnitude (gradients twice that); integers and texts must be equal.",
            "Values no replay covers count as failed. Exit status 0 only if all agree."
        },
        sortOptions = false,
        footer = {"", "Example:", "  medley verify medley-models/src/test/resources/reference/blip"})
final class VerifyCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "DIR", arity = "1..*", description = "Reference directories, or directories above such.")
    private List<Path> directories = new ArrayList<>();

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    VerifyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path directory : directories) {
            found.addAll(referencesIn(directory));
        }
        int cases = 0;
        int failed = 0;
        for (Path directory : found) {
            for (CaseResult result : replay(directory)) {
                cases++;
                failed += result.ok() ? 0 : 1;
                print(directory, result);
            }
        }
        String summary = cases + " cases, " + failed + " failed";
        if (json.json) {
            session.console().say(summary);
        } else {
            session.console().print(summary);
        }
        return failed == 0 ? Status.OK : Status.PARTLY;
    }

    private static List<Path> referencesIn(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new MedleyException(directory + ": no such directory");
        }
        try (Stream<Path> walk = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            List<Path> found = walk.filter(path -> Files.isDirectory(path) && ReferenceDirectory.isOne(path))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new MedleyException(
                        directory + ": no reference directory here or below (looked for cases.safetensors)");
            }
            return found;
        } catch (IOException | UncheckedIOException e) {
            throw new MedleyException(directory + ": cannot be searched (" + OneLine.of(e) + ")", e);
        }
    }

    private static List<CaseResult> replay(Path path) throws IOException {
        try (ReferenceDirectory directory = ReferenceDirectory.open(path)) {
            Optional<Replay> replay = Models.replays().stream()
                    .filter(candidate -> candidate.recognises(directory))
                    .findFirst();
            if (replay.isEmpty()) {
                String what = directory.upstreamClass().isEmpty() ? "unnamed class" : directory.upstreamClass();
                return List.of(
                        new CaseResult("*", Double.NaN, Double.NaN, false, "no system of this build replays " + what));
            }
            Comparison comparison = new Comparison(directory);
            try (Scope scope = Scope.open()) {
                comparison.part(replay.get().name(), () -> replay.get().run(directory, comparison));
            }
            return comparison.results();
        } catch (MedleyException e) {
            return List.of(new CaseResult("*", Double.NaN, Double.NaN, false, OneLine.of(e)));
        }
    }

    private void print(Path directory, CaseResult result) {
        if (json.json) {
            var object = Json.object().put("directory", directory.toString()).put("case", result.name());
            Json.put(object, "max_abs", result.maxAbs());
            Json.put(object, "max_rel", result.maxRel());
            object.put("ok", result.ok());
            if (!result.note().isEmpty()) {
                object.put("note", result.note());
            }
            session.console().print(object);
            return;
        }
        session.console()
                .print(String.format(
                        Locale.ROOT,
                        "%s %s %s %s%s",
                        directory.getFileName() + "/" + result.name().replace(' ', ':'),
                        number(result.maxAbs()),
                        number(result.maxRel()),
                        result.ok() ? "ok" : "FAIL",
                        result.note().isEmpty() ? "" : " (" + OneLine.of(result.note()) + ")"));
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3g", value);
    }
}
