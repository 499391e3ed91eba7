package io.medley.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** The hashes by which the hub names contents. */
final class ContentHash {
    private static final int SHA256_HEX = 64;
    private static final int SHA1_HEX = 40;

    private ContentHash() {}

    /** The hash of a file in the form the etag has (SHA-256, or Git's object id); empty when the etag is in neither form. */
    static Optional<String> of(Path file, String etag) throws IOException {
        if (!etag.matches("[0-9a-f]+")) {
            return Optional.empty();
        }
        if (etag.length() == SHA256_HEX) {
            return Optional.of(digest(file, digester("SHA-256")));
        }
        if (etag.length() == SHA1_HEX) {
            MessageDigest sha1 = digester("SHA-1");
            sha1.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
            return Optional.of(digest(file, sha1));
        }
        return Optional.empty();
    }

    private static String digest(Path file, MessageDigest digest) throws IOException {
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digester(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm + " is part of every Java platform", e);
        }
    }
}
