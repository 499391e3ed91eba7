package io.medley.cli;

import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/** What all commands over many images share: files in, batches to the model, bad files reported and passed over, a status at the end. */
final class ImageRun {

    /** The model's part: one result per image, in order. */
    interface Work<R> {
        List<R> batch(List<RgbImage> images);
    }

    /** What becomes of a result; called in the order of the files. */
    interface Sink<R> {
        void accept(Path file, R result);
    }

    private final Session session;
    private final String task;
    private final boolean json;

    /** @param task the command's name, shown beside the progress */
    ImageRun(Session session, String task, boolean json) {
        this.session = session;
        this.task = task;
        this.json = json;
    }

    /**
     * Runs the work over all images.
     *
     * @return 0; 1 if some files could not be used; 2 if the one file named could not
     */
    <R> int run(InputFiles inputs, int batch, Work<R> work, Sink<R> sink) {
        int total = inputs.files().size();
        int[] bad = {0};
        try (Progress progress =
                total > 1 ? Progress.of(session.console(), task, total, "images", 1) : Progress.none()) {
            new ImagePipeline(batch).forEachBatch(inputs.files(), decoded -> {
                List<RgbImage> images =
                        decoded.stream().flatMap(file -> file.image().stream()).toList();
                Iterator<R> results = images.isEmpty()
                        ? Collections.emptyIterator()
                        : work.batch(images).iterator();
                for (DecodedFile file : decoded) {
                    if (file.image().isPresent()) {
                        sink.accept(file.file(), results.next());
                    } else {
                        bad[0]++;
                        reportBad(file);
                    }
                }
                progress.step(decoded.size());
            });
        }
        if (bad[0] == 0) {
            return Status.OK;
        }
        if (inputs.single()) {
            return Status.USER_ERROR;
        }
        session.console().say(task + ": " + bad[0] + " of " + total + " files could not be used");
        return Status.PARTLY;
    }

    /** The one image of a command that takes one. */
    static RgbImage readOne(String file) {
        InputFiles input = InputFiles.of(List.of(file));
        if (!input.single()) {
            throw new MedleyException(file + ": names several files; this command takes one");
        }
        DecodedFile decoded = ImagePipeline.decode(input.files().get(0));
        return decoded.image().orElseThrow(() -> new MedleyException(decoded.error()));
    }

    private void reportBad(DecodedFile file) {
        if (json) {
            session.console()
                    .print(Json.object().put("file", file.file().toString()).put("error", file.error()));
        }
        session.console().say("medley: " + file.error());
    }
}
