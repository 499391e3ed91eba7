package io.medley.data;

import io.medley.tensor.MedleyException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The lines of a text file that are not blank, one by one. Whatever is wrong with a line stays with that line. */
final class TextLines implements Iterator<TextLines.Line>, Closeable {
    private static final int LONGEST = 4 << 20;
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final InputStream in;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int number;
    private @Nullable Line next;

    /**
     * A line.
     *
     * @param number in the file, from 1
     * @param text without white space around it; empty if it cannot be used
     * @param problem why it cannot, or empty
     */
    record Line(int number, String text, String problem) {}

    /** @throws MedleyException if the file cannot be read */
    TextLines(Path file) {
        this.file = file;
        try {
            this.in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        } catch (IOException e) {
            throw unreadable(e);
        }
        advance();
    }

    private MedleyException unreadable(IOException e) {
        return new MedleyException(file + ": cannot be read (" + e + "); check the path", e);
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public Line next() {
        var line = next;
        if (line == null) {
            throw new NoSuchElementException(file + ": no more lines");
        }
        advance();
        return line;
    }

    private void advance() {
        try {
            do {
                next = read();
            } while (next != null && next.text.isEmpty() && next.problem.isEmpty());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private @Nullable Line read() throws IOException {
        bytes.reset();
        long length = 0;
        int one = in.read();
        if (one < 0) {
            return null;
        }
        number++;
        for (; one >= 0 && one != '\n'; one = in.read()) {
            // Of a line without an end only its length is counted.
            if (length++ < LONGEST) {
                bytes.write(one);
            }
        }
        if (length > LONGEST) {
            return new Line(number, "", "longer than " + LONGEST + " bytes");
        }
        try {
            return new Line(number, Texts.decode(bytes.toByteArray()), "");
        } catch (CharacterCodingException e) {
            return new Line(number, "", "not UTF-8");
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be closed", e);
        }
    }
}
