package io.medley.cli;

import io.medley.image.Images;
import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Decodes files in a few threads while the caller works on those decoded before. Only a handful is decoded ahead, and a batch ends early
 * when its pictures are large, so that memory stays bounded however many files there are and however slow the caller is.
 */
final class ImagePipeline {
    private static final long MOST_PIXELS = 64_000_000;
    private final int threads;
    private final int batch;

    /** @param batch most images handed over at once, at least 1 */
    ImagePipeline(int batch) {
        if (batch < 1 || batch > 4096) {
            throw new MedleyException("--batch is " + batch + "; give a number from 1 to 4096");
        }
        this.batch = batch;
        this.threads = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
    }

    /** Hands over all files in order, in batches of 1 or more. */
    void forEachBatch(List<Path> files, Consumer<List<DecodedFile>> consumer) {
        ExecutorService pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "medley-decode");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Iterator<Path> rest = files.iterator();
            ArrayDeque<Future<DecodedFile>> ahead = new ArrayDeque<>();
            int window = Math.min(batch, 16) + threads;
            List<DecodedFile> current = new ArrayList<>();
            long pixels = 0;
            while (rest.hasNext() || !ahead.isEmpty()) {
                while (rest.hasNext() && ahead.size() < window) {
                    Path file = rest.next();
                    ahead.add(pool.submit(() -> decode(file)));
                }
                DecodedFile next = await(ahead.remove());
                current.add(next);
                pixels += next.image()
                        .map(image -> (long) image.width() * image.height())
                        .orElse(0L);
                if (current.size() == batch || pixels >= MOST_PIXELS) {
                    consumer.accept(List.copyOf(current));
                    current.clear();
                    pixels = 0;
                }
            }
            if (!current.isEmpty()) {
                consumer.accept(List.copyOf(current));
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Reads one file; never throws for what is in it. */
    static DecodedFile decode(Path file) {
        try {
            RgbImage image = Images.read(file);
            return new DecodedFile(file, Optional.of(image), "");
        } catch (MedleyException e) {
            return failed(file, OneLine.of(e));
        } catch (UncheckedIOException e) {
            return failed(file, Problems.describe(e));
        } catch (OutOfMemoryError e) {
            return failed(
                    file, file + ": not enough memory to decode it; give a larger heap, for example MEDLEY_XMX=8g");
        }
    }

    private static DecodedFile failed(Path file, String message) {
        return new DecodedFile(file, Optional.empty(), message);
    }

    private static DecodedFile await(Future<DecodedFile> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MedleyException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            throw new IllegalStateException("decoding failed", e.getCause());
        }
    }
}
