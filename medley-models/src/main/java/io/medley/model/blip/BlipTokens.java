package io.medley.model.blip;

import io.medley.tensor.Tensor;

/**
 * Ids of the tokens that BLIP's code writes itself.
 *
 * @param dec [DEC], which a decoder's text starts with
 * @param enc [ENC], which a text that looks at an image starts with
 * @param pad [PAD]
 * @param cls [CLS], which the tokenizer puts first
 * @param sep [SEP], which ends a text
 */
public record BlipTokens(long dec, long enc, long pad, long cls, long sep) {
    /** A copy of ids (B, T) whose first column is {@code first}. */
    public static Tensor withFirst(Tensor ids, long first) {
        var changed = ids.copy();
        changed.narrow(1, 0, 1).fill_(first);
        return changed;
    }

    /** Labels of a language-model loss: the ids (B, T), −100 at padding and at the first {@code promptLength} positions. */
    public Tensor labels(Tensor ids, int promptLength) {
        var labels = ids.copy();
        if (promptLength > 0) {
            labels.narrow(1, 0, promptLength).fill_(-100);
        }
        return labels.maskedFill(ids.eq(pad), -100);
    }
}
