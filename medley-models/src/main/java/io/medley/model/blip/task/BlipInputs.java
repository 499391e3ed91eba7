package io.medley.model.blip.task;

import io.medley.image.ImageTransform;
import io.medley.image.RgbImage;
import io.medley.model.blip.BlipTokens;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import io.medley.text.Padding;
import io.medley.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Pictures and texts → tensors, as the original prepares them.
 *
 * @param longest tokens the text transformer has positions for
 */
record BlipInputs(Tokenizer tokenizer, ImageTransform transform, BlipTokens tokens, int longest) {
    /** {@code max_length} of matching, retrieval and questions in the original. */
    static final int TEXT_TOKENS = 35;

    /** Ids (B, T) and their mask; null where no row is padded. */
    record Texts(Tensor ids, @Nullable Tensor mask) {
        Texts narrow(int start, int length) {
            return new Texts(ids.narrow(0, start, length), mask == null ? null : mask.narrow(0, start, length));
        }
    }

    static BlipInputs of(Tokenizer tokenizer, ImageTransform transform, int longest) {
        var tokens = new BlipTokens(
                id(tokenizer, "[DEC]"),
                id(tokenizer, "[ENC]"),
                tokenizer.padId(),
                tokenizer.startId().orElseThrow(),
                tokenizer.endId().orElseThrow());
        return new BlipInputs(tokenizer, transform, tokens, longest);
    }

    private static long id(Tokenizer tokenizer, String token) {
        return tokenizer
                .id(token)
                .orElseThrow(() -> new MedleyException("vocabulary: no " + token + " among " + tokenizer.vocabSize()
                        + " tokens; give the vocab.txt the model was trained with"));
    }

    /** (B, 3, S, S). */
    Tensor pixels(List<RgbImage> images) {
        var prepared = new float[images.size()][];
        IntStream.range(0, prepared.length).parallel().forEach(i -> prepared[i] = transform.apply(images.get(i)));
        return prepared(Arrays.asList(prepared));
    }

    /** (B, 3, S, S) of pictures that the transform has been applied to. */
    Tensor prepared(List<float[]> images) {
        int each = 3 * transform.height() * transform.width();
        var all = new float[Math.multiplyExact(images.size(), each)];
        for (int i = 0; i < images.size(); i++) {
            if (images.get(i).length != each) {
                throw new MedleyException("picture " + (i + 1)
                        + " was prepared for another model; prepare it with the one " + "that encodes it");
            }
            System.arraycopy(images.get(i), 0, all, i * each, each);
        }
        return Tensor.of(all, images.size(), 3, transform.height(), transform.width());
    }

    /**
     * Texts with their special tokens, cut to at most {@code most} tokens and padded to the longest of them.
     *
     * @param first what replaces [CLS] at the front
     */
    Texts texts(List<String> texts, int most, long first) {
        var batch = tokenizer.encode(texts, Padding.longest(Math.min(most, longest)));
        var ids = Tensor.of(batch.ids(), batch.rows(), batch.length());
        ids.narrow(1, 0, 1).fill_(first);
        boolean padded = Arrays.stream(batch.attentionMask()).anyMatch(m -> m == 0);
        return new Texts(ids, padded ? Tensor.of(batch.attentionMask(), batch.rows(), batch.length()) : null);
    }

    /** What a generation starts with: [DEC] and the prompt, without [SEP]. */
    int[] prompt(String text) {
        int[] ids = tokenizer.encode(text);
        ids[0] = Math.toIntExact(tokens.dec());
        return Arrays.copyOf(ids, ids.length - 1);
    }

    /** The words of a text: positions of the ids that make up each, special tokens left out. */
    List<int[]> words(int[] ids) {
        var words = new ArrayList<int[]>();
        for (int i = 0; i < ids.length; i++) {
            boolean special = ids[i] == tokens.cls()
                    || ids[i] == tokens.sep()
                    || ids[i] == tokens.pad()
                    || ids[i] == tokens.enc()
                    || ids[i] == tokens.dec();
            if (special) {
                continue;
            }
            int last = words.size() - 1;
            if (last >= 0 && tokenizer.token(ids[i]).startsWith("##")) {
                int[] longer = Arrays.copyOf(words.get(last), words.get(last).length + 1);
                longer[longer.length - 1] = i;
                words.set(last, longer);
            } else {
                words.add(new int[] {i});
            }
        }
        return words;
    }
}
