package io.medley.capfilt;

import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.image.RgbImage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row on its way through the pipeline.
 *
 * @param prepared what the models want of the picture; null if it cannot be used
 * @param error why it cannot, else null
 * @param decodeNanos time that decoding and preparing took
 */
record Picture(Row<Sample> row, @Nullable Prepared prepared, @Nullable String error, long decodeNanos) {

    /**
     * A decoded picture.
     *
     * @param forCaptions pixels for the captioner
     * @param forFilter pixels for the filter; the same array if it is the same model
     * @param image the picture itself if a CLIP model wants it, else null
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Prepared(float[] forCaptions, float[] forFilter, @Nullable RgbImage image) {}

    /**
     * A row at the end of the pipeline.
     *
     * @param texts all texts of the picture with their scores; none if it could not be used
     * @param encodeNanos its share of its batch's time, like the others
     */
    record Done(Picture picture, List<ScoredText> texts, long encodeNanos, long generateNanos, long filterNanos) {}

    Sample sample() {
        if (row instanceof Row.Good<Sample> good) {
            return good.value();
        }
        throw new IllegalStateException(row.place() + ": a broken row has no sample");
    }
}
