package io.medley.cli;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * The image files a user means by FILE, DIR and GLOB arguments.
 *
 * @param files in the order given; those of a directory or glob sorted by name; none twice
 * @param single whether the user named exactly one file, so that its failure is the failure of the command
 */
record InputFiles(List<Path> files, boolean single) {
    private static final Set<String> ENDINGS =
            Set.of("jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "gif", "tif", "tiff");

    /**
     * Resolves arguments. Directories are searched with their sub-directories (hidden ones and links to directories left out) for the usual
     * endings; a file named by the user is taken whatever its name. A file that does not exist is kept, to be reported in its turn.
     *
     * @throws MedleyException when a directory or glob yields nothing
     */
    static InputFiles of(List<String> arguments) {
        Set<Path> files = new LinkedHashSet<>();
        boolean single = arguments.size() == 1;
        for (String argument : arguments) {
            if (argument.isEmpty()) {
                throw new MedleyException("a file name is empty; give a file, a directory or a glob");
            }
            Path path = path(argument);
            if (path != null && Files.isDirectory(path)) {
                files.addAll(imagesIn(path));
                single = false;
            } else if (path != null && (Files.exists(path) || !isGlob(argument))) {
                files.add(path);
            } else {
                files.addAll(matching(argument));
                single = false;
            }
        }
        return new InputFiles(new ArrayList<>(files), single);
    }

    private static List<Path> imagesIn(Path directory) {
        try (Stream<Path> walk = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            List<Path> found = walk.filter(path -> hasImageEnding(path) && !isHidden(directory, path))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new MedleyException(directory + ": no images in this directory (looked for "
                        + String.join(", ", ENDINGS.stream().sorted().toList()) + ")");
            }
            return found;
        } catch (IOException | UncheckedIOException e) {
            throw new MedleyException(directory + ": cannot be searched (" + OneLine.of(e) + ")", e);
        }
    }

    /** For shells that do not expand globs, and for {@code **}. */
    private static List<Path> matching(String glob) {
        String normal = glob.replace('\\', '/');
        int magic = indexOfMagic(normal);
        int slash = normal.lastIndexOf('/', magic);
        Path base = Path.of(slash < 0 ? "" : slash == 0 ? "/" : normal.substring(0, slash));
        String pattern = normal.substring(slash + 1);
        List<Path> found = List.of();
        if (Files.isDirectory(base.toString().isEmpty() ? Path.of(".") : base)) {
            int depth = pattern.contains("**") ? Integer.MAX_VALUE : pattern.split("/", -1).length;
            PathMatcher matcher = matcher(glob, pattern);
            Path start = base.toString().isEmpty() ? Path.of(".") : base;
            try (Stream<Path> walk = Files.walk(start, depth, FileVisitOption.FOLLOW_LINKS)) {
                found = walk.filter(path -> matcher.matches(start.relativize(path)))
                        .filter(Files::isRegularFile)
                        .map(path -> base.resolve(start.relativize(path)))
                        .sorted()
                        .toList();
            } catch (IOException | UncheckedIOException e) {
                throw new MedleyException(glob + ": cannot be searched (" + OneLine.of(e) + ")", e);
            }
        }
        if (found.isEmpty()) {
            throw new MedleyException(OneLine.of(glob) + ": no file matches");
        }
        return found;
    }

    private static PathMatcher matcher(String glob, String pattern) {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException e) {
            throw new MedleyException(OneLine.of(glob) + ": not a valid glob (" + e.getDescription() + ")", e);
        }
    }

    private static boolean isGlob(String argument) {
        return indexOfMagic(argument) < argument.length();
    }

    private static int indexOfMagic(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("*?[{".indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return text.length();
    }

    private static boolean hasImageEnding(Path path) {
        String name = path.toString();
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    private static boolean isHidden(Path directory, Path path) {
        for (Path part : directory.relativize(path)) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static @org.jspecify.annotations.Nullable Path path(String argument) {
        try {
            return Path.of(argument);
        } catch (InvalidPathException e) {
            if (isGlob(argument)) {
                return null;
            }
            throw new MedleyException(OneLine.of(argument) + ": not a file name (" + e.getReason() + ")", e);
        }
    }
}
