package io.medley.text;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads vocabulary files, which are untrusted: sizes are bounded and the text must be UTF-8. */
final class VocabularyFiles {
    /** The largest published vocabularies (250,000 multilingual tokens as JSON) take about a third of this. */
    static final int MAX_BYTES = 64 << 20;

    private VocabularyFiles() {}

    /** The whole file as text, decompressed where it is gzip. */
    static String read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "no such vocabulary file");
        }
        byte[] bytes;
        try (InputStream raw = Files.newInputStream(file)) {
            boolean gzip = file.getFileName().toString().endsWith(".gz");
            try (InputStream in = gzip ? new GZIPInputStream(raw, 1 << 16) : raw) {
                bytes = in.readNBytes(MAX_BYTES + 1);
            }
        } catch (ZipException | java.io.EOFException e) {
            throw new MedleyException(file + ": not a whole gzip file (" + e.getMessage() + "); download it again", e);
        }
        if (bytes.length > MAX_BYTES) {
            throw new MedleyException(file + ": more than " + (MAX_BYTES >> 20)
                    + " MiB of text, too much for a vocabulary; give the tokenizer's own file");
        }
        if (bytes.length == 0) {
            throw new MedleyException(file + ": empty; a vocabulary has one token a line");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(buffer)
                    .toString();
        } catch (CharacterCodingException e) {
            int at = buffer.position();
            throw new MedleyException(
                    String.format(
                            "%s: not UTF-8 text (byte %02x at offset %d); save the vocabulary as UTF-8",
                            file, bytes[at] & 0xff, at),
                    e);
        }
    }
}
