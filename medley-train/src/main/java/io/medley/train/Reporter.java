package io.medley.train;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Whom a training tells how it goes. */
public interface Reporter {
    /** Something worth a line of its own. */
    void say(String line);

    /**
     * How far the training has come; called after every step.
     *
     * @param last whether no more of these come
     */
    void progress(Supplier<String> line, boolean last);

    /** Says nothing; for the processes of a run that are not the first. */
    static Reporter silent() {
        return new Reporter() {
            @Override
            public void say(String line) {}

            @Override
            public void progress(Supplier<String> line, boolean last) {}
        };
    }

    /** Plain lines: progress at most every ten seconds, and at the end. */
    static Reporter lines(Consumer<String> out) {
        return new Reporter() {
            private static final long EVERY = TimeUnit.SECONDS.toNanos(10);
            private long next = System.nanoTime();

            @Override
            public void say(String line) {
                out.accept(line);
            }

            @Override
            public void progress(Supplier<String> line, boolean last) {
                long now = System.nanoTime();
                if (last || now - next >= 0) {
                    next = now + EVERY;
                    out.accept(line.get());
                }
            }
        };
    }
}
