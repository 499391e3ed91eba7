package io.medley.data;

import io.medley.checkpoint.Quote;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where the pictures lie that an annotation file names. Names stay below the root: an annotation file from elsewhere cannot make it read
 * other files. Full addresses are fetched from where they point.
 *
 * @param root a directory, or an HTTP(S) address; {@code /} to allow any absolute path
 * @param maxBytes of one picture
 */
public record ImageStore(String root, int maxBytes, RemoteFiles remote) {
    /** With at most 64 MiB a picture. */
    public static ImageStore at(String root, RemoteFiles remote) {
        return new ImageStore(root, ShardOptions.DEFAULT.maxImageBytes(), remote);
    }

    /**
     * Reads a picture's bytes.
     *
     * @throws IOException if that fails
     * @throws MedleyException if the name is not to be read
     */
    EncodedImage read(String name) throws IOException {
        boolean remoteRoot = RemoteFiles.isAddress(root);
        if (RemoteFiles.isAddress(name) || remoteRoot) {
            String address = RemoteFiles.isAddress(name) ? name : root + (root.endsWith("/") ? "" : "/") + name;
            return new EncodedImage(extension(name), remote.read(address, maxBytes));
        }
        return new EncodedImage(extension(name), local(name));
    }

    private byte[] local(String name) throws IOException {
        Path base;
        Path file;
        try {
            base = Path.of(root).toAbsolutePath().normalize();
            file = base.resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw new MedleyException("picture " + Quote.of(name) + " is no file name", e);
        }
        if (!file.startsWith(base)) {
            throw new MedleyException(
                    "picture " + Quote.of(name) + " lies outside " + root + "; give a higher directory");
        }
        if (!Files.isRegularFile(file)) {
            throw new MedleyException("no picture " + Quote.of(name) + " in " + root);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length == 0 || bytes.length > maxBytes) {
                throw new MedleyException("picture " + Quote.of(name) + " has "
                        + (bytes.length == 0 ? "no bytes" : "more than " + maxBytes + " bytes"));
            }
            return bytes;
        }
    }

    private static String extension(String name) {
        String plain = name.replaceFirst("[?#].*", "");
        String end = plain.substring(plain.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return EncodedImage.EXTENSIONS.contains(end) ? end : "jpg";
    }
}
