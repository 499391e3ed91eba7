package io.medley.cli;

import io.medley.train.Reporter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A training on the console: one line that is written again and again where a person looks on, else a plain line now and then. */
final class TrainingProgress implements Reporter {
    private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(500);

    private final Console console;
    private final Reporter lines;
    private long next = System.nanoTime();

    TrainingProgress(Console console) {
        this.console = console;
        this.lines = Reporter.lines(console::say);
    }

    @Override
    public void say(String line) {
        if (console.terminal()) {
            console.redraw("");
        }
        console.say(line);
    }

    @Override
    public void progress(Supplier<String> line, boolean last) {
        if (!console.terminal()) {
            lines.progress(line, last);
        } else if (last) {
            say(line.get());
        } else if (System.nanoTime() - next >= 0) {
            next = System.nanoTime() + EVERY;
            console.redraw(line.get());
        }
    }
}
