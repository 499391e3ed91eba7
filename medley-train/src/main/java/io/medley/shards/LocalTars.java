package io.medley.shards;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Stream;

/** Tar files on this machine, by name, directory or glob. */
final class LocalTars {
    private LocalTars() {}

    static List<String> find(String pattern) {
        try {
            var path = Path.of(pattern);
            if (Files.isRegularFile(path)) {
                return List.of(ShardInputs.requireTar(path.toString()));
            }
            var found = Files.isDirectory(path) ? tars(path, "*") : globbed(pattern);
            if (found.isEmpty()) {
                throw new MedleyException(pattern + ": no tar files there; give shards such as 'DIR/*.tar'");
            }
            return found;
        } catch (IOException e) {
            throw new MedleyException(pattern + ": cannot be searched (" + e.getMessage() + ")", e);
        }
    }

    private static List<String> globbed(String pattern) throws IOException {
        int special = 0;
        while (special < pattern.length() && "*?[{".indexOf(pattern.charAt(special)) < 0) {
            special++;
        }
        if (special == pattern.length()) {
            throw new MedleyException(pattern + ": no such file or directory");
        }
        int slash = pattern.lastIndexOf('/', special);
        var base = slash < 0 ? Path.of(".") : Path.of(pattern.substring(0, slash + 1));
        if (!Files.isDirectory(base)) {
            throw new MedleyException(base + ": no such directory");
        }
        return tars(base, pattern.substring(slash + 1));
    }

    static List<String> tars(Path base, String glob) throws IOException {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        int depth = glob.contains("**") || glob.contains("/") ? Integer.MAX_VALUE : 1;
        try (Stream<Path> all = Files.walk(base, depth, FileVisitOption.FOLLOW_LINKS)) {
            return all.filter(path -> matcher.matches(base.relativize(path)))
                    .map(Path::toString)
                    .filter(ShardInputs::isTar)
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
