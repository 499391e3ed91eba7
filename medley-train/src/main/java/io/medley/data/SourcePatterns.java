package io.medley.data;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lists of files as the field writes them: {@code a-{00000..00010}.tar}, {@code {a,b}.tar}, globs in the file's name, directories of
 * shards, addresses, several joined by {@code ::}.
 */
public final class SourcePatterns {
    private static final int MOST = 1_000_000;
    private static final Pattern BRACES = Pattern.compile("\\{([^{}]*)\\}");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})");
    private static final Pattern RANGE_IN_BRACES = Pattern.compile("\\{(" + RANGE.pattern() + ")\\}");

    private SourcePatterns() {}

    /** The parts of a joined source. */
    static List<String> split(String sources) {
        List<String> parts = List.of(sources.split("::", -1));
        if (parts.stream().anyMatch(String::isBlank)) {
            throw new MedleyException("'" + sources + "': a part between :: is empty; write a.tar::b.tar");
        }
        return parts;
    }

    /**
     * Fills in ranges alone: {@code a{08..10}.tar} stands for a08.tar, a09.tar and a10.tar, in this order. All else, {@code {a,b}} and globs,
     * stays as it is.
     *
     * @throws MedleyException if a range counts down, or there are more than a million names
     */
    public static List<String> ranges(String pattern) {
        List<String> names = new ArrayList<>();
        fillIn(RANGE_IN_BRACES, pattern, names);
        return names;
    }

    /** The files a part stands for, sorted where a directory lists them. Local ones exist. */
    static List<String> expand(String pattern) {
        List<String> names = new ArrayList<>();
        fillIn(BRACES, pattern, names);
        List<String> all = new ArrayList<>();
        for (String name : names) {
            if (RemoteFiles.isAddress(name)) {
                all.add(name);
            } else {
                local(name, all);
            }
        }
        return all;
    }

    /** Replaces what is in braces of a kind by each of the things it stands for. */
    private static void fillIn(Pattern kind, String pattern, List<String> into) {
        Matcher braces = kind.matcher(pattern);
        if (!braces.find()) {
            if (into.size() >= MOST) {
                throw tooMany(pattern);
            }
            into.add(pattern);
            return;
        }
        String before = pattern.substring(0, braces.start());
        String after = pattern.substring(braces.end());
        Matcher range = RANGE.matcher(braces.group(1));
        if (!range.matches()) {
            for (String choice : braces.group(1).split(",", -1)) {
                fillIn(kind, before + choice + after, into);
            }
            return;
        }
        int from = Integer.parseInt(range.group(1));
        int to = Integer.parseInt(range.group(2));
        if (to < from) {
            throw new MedleyException(
                    "'" + pattern + "': " + braces.group() + " counts down; write the smaller number first");
        }
        if (to - from >= MOST) {
            throw tooMany(pattern);
        }
        // Bash and WebDataset keep the zeros in front of the first number.
        String digits = "%0" + range.group(1).length() + "d";
        for (int i = from; i <= to; i++) {
            fillIn(kind, before + String.format(Locale.ROOT, digits, i) + after, into);
        }
    }

    private static MedleyException tooMany(String pattern) {
        return new MedleyException("'" + pattern + "': stands for more than " + MOST + " files; name fewer");
    }

    private static void local(String name, List<String> into) {
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            list(path, "*.{tar,tar.gz,tgz}", into);
        } else if (Files.exists(path)) {
            into.add(name);
        } else if (name.indexOf('*') >= 0 || name.indexOf('?') >= 0) {
            Path directory = path.getParent() == null ? Path.of("") : path.getParent();
            list(directory, String.valueOf(path.getFileName()), into);
        } else {
            throw new MedleyException(name + ": no such file; check the path");
        }
    }

    private static void list(Path directory, String glob, List<String> into) {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, glob)) {
            files.forEach(file -> found.add(file.toString()));
        } catch (IOException | RuntimeException e) {
            throw new MedleyException(directory + ": cannot be listed (" + e + "); check the path", e);
        }
        if (found.isEmpty()) {
            throw new MedleyException(directory + ": nothing in it matches " + glob + "; check the path");
        }
        found.sort(null);
        into.addAll(found);
    }
}
