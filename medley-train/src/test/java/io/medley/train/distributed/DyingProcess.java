package io.medley.train.distributed;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A process of a run whose rank 1 is killed at work. Rank 0 waits for its part of a sum, says what came of it, and would then go on for ever. */
final class DyingProcess {
    static final String DYING = "rank 1: dying at ";

    private DyingProcess() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (var world = World.join(System.getenv())) {
            world.barrier();
            if (world.rank() == 1) {
                System.out.println("dying at " + System.currentTimeMillis());
                new ProcessBuilder(
                                "kill",
                                "-9",
                                Long.toString(ProcessHandle.current().pid()))
                        .start()
                        .waitFor();
            }
            try {
                world.mean(1, 2, 3);
            } catch (MedleyException e) {
                System.out.println("noticed: " + e.getMessage());
            }
            TimeUnit.MINUTES.sleep(5);
        }
    }
}
