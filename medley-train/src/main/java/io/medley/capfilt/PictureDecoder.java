package io.medley.capfilt;

import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.image.Images;
import io.medley.shards.ShardInputs;
import io.medley.tensor.MedleyException;

/** Decodes a picture once and prepares it for every model. Thread-safe. */
final class PictureDecoder {
    private final CapFiltModels models;

    PictureDecoder(CapFiltModels models) {
        this.models = models;
    }

    /** Whatever is wrong with a row stays with that row. */
    Picture decode(Row<Sample> row) {
        long start = System.nanoTime();
        if (row instanceof Row.Broken<Sample> broken) {
            return new Picture(row, null, broken.reason(), 0);
        }
        try {
            var image = Images.read(((Row.Good<Sample>) row).value().image().bytes(), row.key(), ShardInputs.PICTURES);
            var forCaptions = models.captioner().prepare(image);
            var forFilter = models.shared() ? forCaptions : models.filter().prepare(image);
            var prepared =
                    new Picture.Prepared(forCaptions, forFilter, models.clip().isPresent() ? image : null);
            return new Picture(row, prepared, null, System.nanoTime() - start);
        } catch (MedleyException e) {
            return new Picture(row, null, e.getMessage(), System.nanoTime() - start);
        }
    }
}
