package io.medley.cli;

import io.medley.tensor.MedleyException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** The two streams of a command: results on {@code out}, everything else on {@code err}. Always UTF-8. Thread-safe line by line. */
final class Console {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal;

    /** @param terminal whether {@code err} is looked at by a person, so that progress bars make sense */
    Console(OutputStream out, OutputStream err, boolean terminal) {
        this.out = new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), false);
        this.err = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), false);
        this.terminal = terminal;
    }

    /** For picocli, which prints help with it. */
    PrintWriter outWriter() {
        return out;
    }

    /** For picocli. */
    PrintWriter errWriter() {
        return err;
    }

    boolean terminal() {
        return terminal;
    }

    /** One line of results. */
    synchronized void print(String line) {
        out.print(line);
        out.print('\n');
        out.flush();
        if (out.checkError()) {
            throw new MedleyException("standard output cannot be written (closed, or the disk is full)");
        }
    }

    /** One result as one line of JSON. */
    void print(JsonNode object) {
        print(object.toString());
    }

    /** One line for people: what is going on, or went wrong. Line breaks inside become spaces. */
    synchronized void say(String line) {
        err.print(OneLine.of(line));
        err.print('\n');
        err.flush();
    }

    /** Writes a passing line over the one before, on a terminal. */
    synchronized void redraw(String line) {
        err.print("\r" + OneLine.of(line) + "\033[K");
        err.flush();
    }
}
