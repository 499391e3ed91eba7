package io.medley.text;

import java.util.List;

/**
 * What differs between the users of a BERT vocabulary.
 *
 * @param lowerCase lower-case and strip accents (uncased vocabularies)
 * @param closes whether {@code [SEP]} ends every text
 * @param added special tokens put behind the vocabulary, in this order, unless the file already has them; each starts with {@code [}
 */
public record WordPieceOptions(boolean lowerCase, boolean closes, List<String> added) {
    /** Plain BERT, uncased (ViLT, FLAVA). */
    public static final WordPieceOptions BERT = new WordPieceOptions(true, true, List.of());
    /** BLIP's {@code init_tokenizer}: {@code [DEC]} starts decoding, {@code [ENC]} the image-grounded encoder. */
    public static final WordPieceOptions BLIP = new WordPieceOptions(true, true, List.of("[DEC]", "[ENC]"));
    /** The Q-Former's tokenizer: {@code [DEC]} only. */
    public static final WordPieceOptions BLIP2 = new WordPieceOptions(true, true, List.of("[DEC]"));
    /** ALBEF's own tokenizer: {@code [CLS]} in front, no {@code [SEP]}. */
    public static final WordPieceOptions ALBEF = new WordPieceOptions(true, false, List.of());

    public WordPieceOptions {
        added = List.copyOf(added);
        for (String token : added) {
            if (!token.startsWith("[") || token.length() < 2) {
                throw new IllegalArgumentException(
                        "added token '" + token + "': WordPiece special tokens are written in brackets, as [ENC]");
            }
        }
    }

    /** The same for a cased or uncased vocabulary. */
    public WordPieceOptions withLowerCase(boolean value) {
        return new WordPieceOptions(value, closes, added);
    }
}
