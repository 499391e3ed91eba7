package io.medley.text;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Text to token ids and back. Safe to share between threads; close it only if it came from {@link Tokenizers#load} or holds native memory. */
public interface Tokenizer extends AutoCloseable {
    /** All ids of a text with its special tokens ({@code [CLS] … [SEP]}), nothing cut. */
    int[] encode(String text);

    /**
     * As {@link #encode(String)}, cut to at most {@code maxLength} ids; the closing special token is kept.
     *
     * @throws IllegalArgumentException if not even the special tokens fit
     */
    int[] encode(String text, int maxLength);

    /** Text of the ids, special tokens left out, spaces before punctuation removed where the original does. */
    String decode(int... ids);

    /** Number of ids: every id is in {@code [0, vocabSize())}. */
    int vocabSize();

    /** Id of a token exactly as the vocabulary writes it ({@code "##ing"}, {@code "[SEP]"}), or empty. */
    OptionalInt id(String token);

    /** The token of an id as the vocabulary writes it; the unknown token where the vocabulary has none. */
    String token(int id);

    /** What rows are padded with. */
    int padId();

    /** What {@link #encode(String)} puts first, if anything. */
    OptionalInt startId();

    /** What {@link #encode(String)} puts last, if anything; also where generation stops. */
    OptionalInt endId();

    /** Encodes texts as one padded batch; large batches use all processors. The result does not depend on how they are divided. */
    default TokenBatch encode(List<String> texts, Padding padding) {
        int[][] rows = new int[texts.size()][];
        int chunk = 64; // below this a thread's start costs more than its work
        IntStream chunks = IntStream.range(0, (rows.length + chunk - 1) / chunk);
        (rows.length > 2 * chunk ? chunks.parallel() : chunks).forEach(c -> {
            for (int i = c * chunk; i < Math.min(rows.length, (c + 1) * chunk); i++) {
                rows[i] = encode(texts.get(i), padding.maxLength());
            }
        });
        return TokenBatch.of(Arrays.asList(rows), padId(), padding);
    }

    @Override
    default void close() {}
}
