package io.medley.loss;

import io.medley.nn.ActivationCheckpoint;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Gradient caching (Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", 2021): a batch larger than memory
 * is encoded in chunks of which only the embeddings are kept; the loss of all embeddings gives each its gradient, and with it every chunk is
 * encoded and differentiated a second time, one after the other. Losses and gradients are those of the whole batch.
 *
 * <p>Memory grows with the embeddings of the batch and the activations of one chunk. The loss itself sees the whole batch at once.
 *
 * @param chunk rows encoded at a time; 0 encodes all at once and keeps everything
 */
public record GradientCache(int chunk) {
    /** All rows at once, everything kept. */
    public static final GradientCache OFF = new GradientCache(0);

    public GradientCache {
        if (chunk < 0) {
            throw new MedleyException("gradient cache: chunk " + chunk + " must be 0 (off) or a number of rows");
        }
    }

    public boolean isOn() {
        return chunk > 0;
    }

    /**
     * Encodes rows chunk by chunk.
     *
     * @param inputs each (B, …); those that record gradients get theirs
     * @param encoder the same rows of every input → (rows, …); must treat rows independently, and compute the same both times
     * @return (B, …)
     */
    public Tensor encode(List<Tensor> inputs, Function<List<Tensor>, Tensor> encoder) {
        long rows = inputs.get(0).size(0);
        if (!isOn()) {
            return encoder.apply(inputs);
        }
        var parts = new ArrayList<Tensor>();
        for (long from = 0; from < rows; from += chunk) {
            long start = from;
            long length = Math.min(chunk, rows - from);
            var part = inputs.stream().map(x -> x.narrow(0, start, length)).toList();
            parts.add(NoGrad.isRecording() ? ActivationCheckpoint.recomputed(part, encoder) : released(part, encoder));
        }
        return Tensor.cat(parts, 0);
    }

    /** Where nothing is recorded there is nothing to compute again, but the chunk's intermediates still go. */
    private static Tensor released(List<Tensor> part, Function<List<Tensor>, Tensor> encoder) {
        try (var scope = Scope.open()) {
            return scope.keep(encoder.apply(part));
        }
    }
}
