package io.medley.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far long work has come, on standard error: a bar where a person looks on, else a plain line now and then. */
interface Progress extends AutoCloseable {

    /** So many more units are done. */
    void step(long units);

    @Override
    void close();

    /**
     * @param task what is done, for example {@code caption}
     * @param total units in all, or -1 where that is not known
     * @param unit what is counted, for example {@code images}, or {@code MB} with {@code unitSize} 1,000,000
     */
    static Progress of(Console console, String task, long total, String unit, long unitSize) {
        return console.terminal()
                ? new Bar(task, total, unit, unitSize)
                : new Lines(console, task, total, unit, unitSize);
    }

    /** Nothing is shown, for work that is over at once. */
    static Progress none() {
        return new Progress() {
            @Override
            public void step(long units) {}

            @Override
            public void close() {}
        };
    }

    /** A bar that is drawn again and again on one line. */
    final class Bar implements Progress {
        private static final int WIDTH = 100;
        private final ProgressBar bar;

        Bar(String task, long total, String unit, long unitSize) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(total)
                    .setUnit(" " + unit, unitSize)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .setMaxRenderedLength(WIDTH)
                    .setConsumer(new ConsoleProgressBarConsumer(stderr(), WIDTH))
                    .build();
        }

        @Override
        public void step(long units) {
            bar.stepBy(units);
        }

        @Override
        public void close() {
            bar.close();
        }

        private static PrintStream stderr() {
            OutputStream err = System.err;
            return new PrintStream(err, true, StandardCharsets.UTF_8);
        }
    }

    /** A line at most every ten seconds. */
    final class Lines implements Progress {
        private static final long EVERY = TimeUnit.SECONDS.toNanos(10);
        private final Console console;
        private final String task;
        private final long total;
        private final String unit;
        private final long unitSize;
        private long done;
        private long last = System.nanoTime();

        Lines(Console console, String task, long total, String unit, long unitSize) {
            this.console = console;
            this.task = task;
            this.total = total;
            this.unit = unit;
            this.unitSize = unitSize;
        }

        @Override
        public void step(long units) {
            done += units;
            long now = System.nanoTime();
            if (now - last >= EVERY) {
                last = now;
                console.say(task + ": " + done / unitSize + (total < 0 ? " " : " of " + total / unitSize + " ") + unit);
            }
        }

        @Override
        public void close() {}
    }
}
