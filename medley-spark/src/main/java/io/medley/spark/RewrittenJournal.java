package io.medley.spark;

import io.medley.shards.Journal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A journal for file systems on which files do not grow: all of it is written again, at most every ten seconds, and when it is closed. A crash in
 * between forgets the lines of these seconds, and what they stand for is done once more.
 */
final class RewrittenJournal implements Journal {
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

    private final String name;
    private final List<String> before;
    private final StringBuilder text = new StringBuilder();
    private final Writing writing;
    private long written = System.nanoTime() - PAUSE;
    private boolean changed;

    /** Puts a text in place of the old one, whole or not at all. */
    interface Writing {
        void write(String text) throws IOException;
    }

    RewrittenJournal(String name, List<String> before, Writing writing) {
        this.name = name;
        this.before = List.copyOf(before);
        this.writing = writing;
        before.forEach(line -> text.append(line).append('\n'));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> lines() {
        return new ArrayList<>(before);
    }

    @Override
    public synchronized void append(String line) throws IOException {
        text.append(line).append('\n');
        changed = true;
        if (System.nanoTime() - written >= PAUSE) {
            write();
        }
    }

    private void write() throws IOException {
        writing.write(text.toString());
        written = System.nanoTime();
        changed = false;
    }

    @Override
    public synchronized void close() throws IOException {
        if (changed) {
            write();
        }
    }
}
