package io.medley.capfilt;

import io.medley.task.Caption;
import io.medley.task.EncodedImages;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that go through the models together: neighbours in their shard, as many as make a full batch of usable pictures, with the unusable
 * ones among them. One stage holds it at a time.
 */
final class PictureBatch implements AutoCloseable {
    private final List<Picture> rows;
    private final List<Picture> usable;
    private @Nullable EncodedImages forCaptions;
    private @Nullable EncodedImages forFilter;
    private final List<List<Caption>> captions; // of each usable picture; none until they are written
    private int captioned;
    private List<List<ScoredText>> texts = List.of();
    private long encodeNanos;
    private long generateNanos;
    private long filterNanos;

    PictureBatch(List<Picture> rows) {
        this.rows = List.copyOf(rows);
        this.usable = this.rows.stream().filter(row -> row.prepared() != null).toList();
        this.captions = new ArrayList<>(Collections.nCopies(usable.size(), List.of()));
    }

    List<Picture> rows() {
        return rows;
    }

    List<Picture> usable() {
        return usable;
    }

    /** @param forFilter the same as {@code forCaptions} if one encoding serves both */
    void encoded(EncodedImages forCaptions, EncodedImages forFilter, long nanos) {
        this.forCaptions = forCaptions;
        this.forFilter = forFilter;
        this.encodeNanos = nanos;
    }

    EncodedImages forCaptions() {
        return present(forCaptions);
    }

    EncodedImages forFilter() {
        return present(forFilter);
    }

    private static EncodedImages present(@Nullable EncodedImages images) {
        if (images == null) {
            throw new IllegalStateException("not encoded yet, or closed");
        }
        return images;
    }

    /** The captions of usable picture {@code i}. */
    void captioned(int i, List<Caption> result) {
        captions.set(i, result);
        captioned++;
    }

    /** Whether all usable pictures have their captions. */
    boolean isCaptioned() {
        return captioned == usable.size();
    }

    /** @param nanos time the captions took: what was worked since the batch before had its own */
    void generated(long nanos) {
        generateNanos = nanos;
    }

    List<List<Caption>> captions() {
        return captions;
    }

    void scored(List<List<ScoredText>> result, long nanos) {
        texts = result;
        filterNanos = nanos;
    }

    /** Texts of usable picture {@code i}. */
    List<ScoredText> texts(int i) {
        return texts.get(i);
    }

    long encodeNanos() {
        return encodeNanos;
    }

    long generateNanos() {
        return generateNanos;
    }

    long filterNanos() {
        return filterNanos;
    }

    /** Frees the encodings; idempotent. */
    @Override
    public void close() {
        if (forCaptions != null) {
            forCaptions.close();
        }
        if (forFilter != null && forFilter != forCaptions) {
            forFilter.close();
        }
        forCaptions = null;
        forFilter = null;
    }
}
