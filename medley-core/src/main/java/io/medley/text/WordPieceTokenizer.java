package io.medley.text;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * BERT's tokenizer over a {@code vocab.txt}, equal to the slow {@code BertTokenizer} of transformers 4.15 that BLIP, ALBEF and ViLT were trained with: basic
 * tokenizer, then the longest tokens from left to right; words of more than 100 characters or with an unknown part become {@code [UNK]}. Immutable.
 */
public final class WordPieceTokenizer implements Tokenizer {
    private static final int MAX_WORD = 100;
    private static final List<String> BERT_SPECIALS = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

    private final WordPieceVocabulary vocabulary;
    private final WordPieceOptions options;
    private final int fileSize;
    private final List<String> specials;
    private final int[] specialIds;
    private final Set<Integer> skipped = new HashSet<>();
    private final int padId;
    private final int unkId;
    private final int clsId;
    private final int sepId;

    private WordPieceTokenizer(WordPieceVocabulary file, WordPieceOptions options, String name) {
        this.options = options;
        fileSize = file.size();
        vocabulary = file.with(options.added());
        padId = required(file, "[PAD]", name);
        unkId = required(file, "[UNK]", name);
        clsId = required(file, "[CLS]", name);
        sepId = required(file, "[SEP]", name);
        List<String> all = new ArrayList<>(BERT_SPECIALS);
        options.added().stream().filter(token -> !BERT_SPECIALS.contains(token)).forEach(all::add);
        specials = List.copyOf(all);
        specialIds = specials.stream()
                .mapToInt(token -> vocabulary.id(token) < 0 ? unkId : vocabulary.id(token))
                .toArray();
        for (int id : specialIds) {
            skipped.add(id);
        }
    }

    /**
     * Reads a {@code vocab.txt}: UTF-8, one token a line, the line number is the id.
     *
     * @throws MedleyException if it is empty, not UTF-8, has a token twice, a line of over 1,000 characters, or lacks {@code [PAD] [UNK] [CLS] [SEP]}
     */
    public static WordPieceTokenizer read(Path vocabTxt, WordPieceOptions options) throws IOException {
        return new WordPieceTokenizer(WordPieceVocabulary.read(vocabTxt), options, vocabTxt.toString());
    }

    /** From the tokens in the order of their ids. */
    public static WordPieceTokenizer of(List<String> tokens, WordPieceOptions options) {
        return new WordPieceTokenizer(WordPieceVocabulary.of(tokens, "vocabulary"), options, "vocabulary");
    }

    @Override
    public int[] encode(String text) {
        return encode(text, Integer.MAX_VALUE);
    }

    @Override
    public int[] encode(String text, int maxLength) {
        int closing = options.closes() ? 1 : 0;
        if (maxLength < 1 + closing) {
            throw new IllegalArgumentException("a text of at most " + maxLength + " tokens has no room for "
                    + (closing > 0 ? "[CLS] and [SEP]" : "[CLS]"));
        }
        int room = maxLength - closing;
        IntList ids = new IntList();
        ids.add(clsId);
        scan(text, new WordScanner.Sink() {
            @Override
            public boolean word(char[] word, int length, int codePoints) {
                if (codePoints > MAX_WORD || !vocabulary.split(word, length, ids)) {
                    ids.add(unkId);
                }
                return ids.size() < room;
            }

            @Override
            public boolean special(int index) {
                ids.add(specialIds[index]);
                return ids.size() < room;
            }
        });
        ids.truncate(Math.min(ids.size(), room));
        if (closing > 0) {
            ids.add(sepId);
        }
        return ids.toArray();
    }

    /** The tokens of a text as the vocabulary writes them, without {@code [CLS]} and {@code [SEP]}; one for each id between the two. */
    public List<String> tokenize(String text) {
        int[] ids = encode(text);
        List<String> tokens = new ArrayList<>(ids.length);
        for (int i = 1; i < ids.length - (options.closes() ? 1 : 0); i++) {
            tokens.add(token(ids[i]));
        }
        return tokens;
    }

    @Override
    public String decode(int... ids) {
        return decode(ids, true, true);
    }

    /**
     * Joins tokens, {@code ##} tokens to the one before.
     *
     * @param ids an id outside the vocabulary reads {@code [UNK]}, as upstream
     * @param skipSpecial leave out {@code [PAD] [UNK] [CLS] [SEP] [MASK]} and the added tokens
     * @param cleanUp remove spaces before {@code . ? ! ,} and inside {@code n't 'm 's 've 're} ({@code clean_up_tokenization_spaces})
     */
    public String decode(int[] ids, boolean skipSpecial, boolean cleanUp) {
        List<String> parts = new ArrayList<>();
        List<String> part = new ArrayList<>();
        for (int id : ids) {
            if (skipSpecial && skipped.contains(id)) {
                continue;
            }
            if (id >= fileSize && id < vocabulary.size()) { // added tokens stand alone
                join(part, parts);
                parts.add(vocabulary.token(id));
            } else {
                part.add(token(id));
            }
        }
        join(part, parts);
        String text = String.join(" ", parts);
        return cleanUp ? cleanUp(text) : text;
    }

    @Override
    public int vocabSize() {
        return vocabulary.size();
    }

    @Override
    public OptionalInt id(String token) {
        int id = vocabulary.id(token);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public String token(int id) {
        return vocabulary.token(id >= 0 && id < vocabulary.size() ? id : unkId);
    }

    @Override
    public int padId() {
        return padId;
    }

    /** {@code [CLS]}. */
    @Override
    public OptionalInt startId() {
        return OptionalInt.of(clsId);
    }

    /** {@code [SEP]}, also where a text is not closed by it: generation stops there. */
    @Override
    public OptionalInt endId() {
        return OptionalInt.of(sepId);
    }

    public int unkId() {
        return unkId;
    }

    public int clsId() {
        return clsId;
    }

    public int sepId() {
        return sepId;
    }

    /**
     * {@code [MASK]}.
     *
     * @throws MedleyException if the vocabulary has none
     */
    public int maskId() {
        return required(vocabulary, "[MASK]", "vocabulary");
    }

    /**
     * {@code [DEC]}, BLIP's first decoder token.
     *
     * @throws MedleyException if neither the vocabulary nor the options have it
     */
    public int decId() {
        return required(vocabulary, "[DEC]", "vocabulary");
    }

    /**
     * {@code [ENC]}, BLIP's first token of image-grounded encoding.
     *
     * @throws MedleyException if neither the vocabulary nor the options have it
     */
    public int encId() {
        return required(vocabulary, "[ENC]", "vocabulary");
    }

    /**
     * The words and punctuation marks of a text before they are split into pieces ({@code BasicTokenizer.tokenize}). Unlike in {@link #encode(String)}, a
     * Greek word's last sigma is lower-cased as such: the original's whole tokenizer lower-cases character by character, its basic tokenizer word by word.
     */
    public List<String> words(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints().filter(c -> !WordScanner.isDropped(c)).forEach(kept::appendCodePoint);
        String clean = kept.toString();
        for (int i = 0; i < clean.length() && options.lowerCase(); i++) {
            if (clean.charAt(i) == 'Σ' && PythonText.isFinalSigma(clean, i)) {
                kept.setCharAt(i, 'ς');
            }
        }
        List<String> words = new ArrayList<>();
        WordScanner.Sink sink = new WordScanner.Sink() {
            @Override
            public boolean word(char[] word, int length, int codePoints) {
                return words.add(new String(word, 0, length));
            }

            @Override
            public boolean special(int index) {
                return words.add(specials.get(index));
            }
        };
        new WordScanner(options.lowerCase(), sink).scan(kept.toString(), specials, specials.size());
        return words;
    }

    private void scan(String text, WordScanner.Sink sink) {
        new WordScanner(options.lowerCase(), sink).scan(text, specials, BERT_SPECIALS.size());
    }

    private static void join(List<String> part, List<String> parts) {
        if (!part.isEmpty()) {
            parts.add(PythonText.strip(String.join(" ", part).replace(" ##", "")));
            part.clear();
        }
    }

    private static String cleanUp(String text) {
        return text.replace(" .", ".")
                .replace(" ?", "?")
                .replace(" !", "!")
                .replace(" ,", ",")
                .replace(" ' ", "'")
                .replace(" n't", "n't")
                .replace(" 'm", "'m")
                .replace(" 's", "'s")
                .replace(" 've", "'ve")
                .replace(" 're", "'re");
    }

    private static int required(WordPieceVocabulary vocabulary, String token, String name) {
        int id = vocabulary.id(token);
        if (id < 0) {
            throw new MedleyException(name + ": no " + token + " among " + vocabulary.size()
                    + " tokens; give the vocab.txt the model was trained with");
        }
        return id;
    }
}
