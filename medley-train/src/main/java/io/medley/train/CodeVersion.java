package io.medley.train;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Which code ran: a hash over Medley's own classes as they are on the class path, so that changed and uncommitted code shows too, and the
 * version where the jar tells it.
 */
final class CodeVersion {
    private static final String OURS = "io/medley/";

    private CodeVersion() {}

    /** For example {@code 0.1.0 classes:3f9a1c20b7de}. */
    static String current() {
        var version = CodeVersion.class.getPackage().getImplementationVersion();
        return (version == null ? "development" : version) + " classes:" + hash();
    }

    private static String hash() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
                var path = Path.of(entry);
                if (Files.isDirectory(path.resolve(OURS))) {
                    addDirectory(digest, path);
                } else if (entry.endsWith(".jar")
                        && path.getFileName().toString().startsWith("medley-")) {
                    addJar(digest, path);
                }
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addDirectory(MessageDigest digest, Path root) throws IOException {
        try (var files = Files.walk(root.resolve(OURS))) {
            for (var file :
                    files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
                digest.update(Files.readAllBytes(file));
            }
        }
    }

    private static void addJar(MessageDigest digest, Path jar) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            var entries = zip.stream()
                    .filter(e -> e.getName().startsWith(OURS) && e.getName().endsWith(".class"))
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .toList();
            for (var entry : entries) {
                try (InputStream in = zip.getInputStream(entry)) {
                    digest.update(in.readAllBytes());
                }
            }
        }
    }
}
