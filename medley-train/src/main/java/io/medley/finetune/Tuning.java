package io.medley.finetune;

import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import io.medley.train.Losses;
import io.medley.train.Step;
import java.util.List;
import java.util.Map;

/**
 * One way to tune: a model with what it starts from, rows to learn from, and a loss.
 *
 * @param <T> what belongs to the pictures of a row
 * @param <I> a batch before it becomes tensors
 */
interface Tuning<T, I> {
    /** What is learnt from, in the order of the data. */
    List<Row<T>> rows();

    /** What its losses draw from, by name; nothing for most. */
    default Map<String, Generator> generators() {
        return Map.of();
    }

    /** Makes a batch; called on other threads, makes no tensors. */
    I item(List<Row.Loaded<T>> rows);

    /** The losses of a batch, with gradients. */
    Losses losses(I item, Step step);

    /** The part of a model directory that the result is. */
    Part part();

    /** The weights of that part. */
    Map<String, Tensor> weights();

    /** Categories the result chooses among; none for most. */
    default List<String> labels() {
        return List.of();
    }
}
