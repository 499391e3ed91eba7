package io.medley.loss;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A ring of past momentum features of images and texts, which serve as negatives: {@code image_queue}, {@code text_queue} (E, Q) and
 * {@code queue_ptr} (1) of ALBEF and BLIP.
 */
public final class NegativeQueue {
    private final Tensor images; // (E, Q)
    private final Tensor texts; // (E, Q)
    private final Tensor pointer; // (1) int64
    private final @Nullable Tensor identities; // (1, Q) int64

    /** Creates or loads the ring; it starts with random unit vectors. */
    public NegativeQueue(Weights weights, int embedDim, int size) {
        this(weights, embedDim, size, "queue_ptr", false);
    }

    /** The ring of retrieval, which also keeps whose picture each entry is: {@code idx_queue} (1, Q) and {@code ptr_queue}. */
    public static NegativeQueue withIdentities(Weights weights, int embedDim, int size) {
        return new NegativeQueue(weights, embedDim, size, "ptr_queue", true);
    }

    private NegativeQueue(Weights weights, int embedDim, int size, String pointerName, boolean identified) {
        Init unit = (generator, shape) -> generator.normal(shape).normalize(0);
        this.images = weights.buffer("image_queue", unit, embedDim, size);
        this.texts = weights.buffer("text_queue", unit, embedDim, size);
        this.pointer = weights.buffer(pointerName, (generator, shape) -> Tensor.zeros(DType.INT64, shape), 1);
        this.identities = identified
                ? weights.buffer("idx_queue", (generator, shape) -> Tensor.full(-100, DType.INT64, shape), 1, size)
                : null;
    }

    public long size() {
        return images.size(1);
    }

    /** (E, B + Q): this batch's image features (B, E) first, then the ring. */
    public Tensor imagesWith(Tensor features) {
        return Tensor.cat(1, features.transpose(0, 1), images.copy());
    }

    /** (E, B + Q): this batch's text features (B, E) first, then the ring. */
    public Tensor textsWith(Tensor features) {
        return Tensor.cat(1, features.transpose(0, 1), texts.copy());
    }

    /** (B + Q): the identities (B) of this batch first, then the ring's; -100 where it was never filled. */
    public Tensor identitiesWith(Tensor batch) {
        return Tensor.cat(0, batch, Objects.requireNonNull(identities).reshape(-1));
    }

    /** Where the next batch goes. */
    public long position() {
        return pointer.itemLong();
    }

    /**
     * Overwrites the oldest entries.
     *
     * @param imageFeatures (B, E); B must divide the size of the ring
     * @param textFeatures (B, E)
     */
    public void enqueue(Tensor imageFeatures, Tensor textFeatures) {
        enqueue(imageFeatures, textFeatures, null);
    }

    /** The same with the identities (B) int64 of the pictures, for a ring that keeps them. */
    public void enqueue(Tensor imageFeatures, Tensor textFeatures, @Nullable Tensor batchIdentities) {
        long batch = imageFeatures.size(0);
        if (size() % batch != 0) {
            throw new IllegalArgumentException("NegativeQueue: batch size " + batch + " does not divide queue size "
                    + size() + "; choose a multiple");
        }
        try (var off = NoGrad.open()) {
            long at = position();
            images.narrow(1, at, batch).copy_(imageFeatures.transpose(0, 1));
            texts.narrow(1, at, batch).copy_(textFeatures.transpose(0, 1));
            if (identities != null && batchIdentities != null) {
                identities.narrow(1, at, batch).copy_(batchIdentities.unsqueeze(0));
            }
            pointer.fill_((at + batch) % size());
        }
    }

    /** The ring's tensors, for tests and reports. */
    public List<Tensor> tensors() {
        return List.of(images, texts, pointer);
    }
}
