package io.medley.text;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens of a {@code vocab.txt}, one a line, found by slices of a word without making strings. Two open-addressing tables: tokens that start a word, and
 * {@code ##} tokens that continue one.
 */
final class WordPieceVocabulary {
    private static final int MAX_TOKEN_LENGTH = 1000;

    private final List<String> tokens;
    private final Map<String, Integer> ids;
    private final Slices starts;
    private final Slices continuations;

    private WordPieceVocabulary(List<String> tokens, Map<String, Integer> ids) {
        this.tokens = tokens;
        this.ids = ids;
        this.starts = new Slices(tokens, "");
        this.continuations = new Slices(tokens, "##");
    }

    /** Reads lines as Python's text mode does: {@code \n}, {@code \r\n} and {@code \r} end a line. */
    static WordPieceVocabulary read(Path file) throws IOException {
        String text = VocabularyFiles.read(file);
        List<String> tokens = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int end = start;
            while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
                end++;
            }
            tokens.add(text.substring(start, end));
            start = end + (text.startsWith("\r\n", end) ? 2 : 1);
        }
        return of(tokens, file.toString());
    }

    /** @param name what errors call it */
    static WordPieceVocabulary of(List<String> tokens, String name) {
        Map<String, Integer> ids = new HashMap<>(tokens.size() * 2);
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            if (token.length() > MAX_TOKEN_LENGTH) {
                throw new MedleyException(name + ": line " + (i + 1) + " has " + token.length()
                        + " characters, more than " + MAX_TOKEN_LENGTH + "; a vocabulary has one token a line");
            }
            Integer earlier = ids.put(token, i);
            if (earlier != null) {
                throw new MedleyException(name + ": '" + token + "' is on line " + (earlier + 1) + " and again on line "
                        + (i + 1) + "; every token must have one id, remove one");
            }
        }
        return new WordPieceVocabulary(List.copyOf(tokens), ids);
    }

    /** This vocabulary with a token at the end, or itself if the token is there. */
    WordPieceVocabulary with(List<String> added) {
        List<String> all = new ArrayList<>(tokens);
        added.stream().filter(token -> !ids.containsKey(token)).distinct().forEach(all::add);
        return all.size() == tokens.size() ? this : of(all, "added tokens");
    }

    int size() {
        return tokens.size();
    }

    /** -1 where there is none. */
    int id(String token) {
        return ids.getOrDefault(token, -1);
    }

    String token(int id) {
        return tokens.get(id);
    }

    /**
     * Splits a word into the longest tokens from left to right (Wu et al. 2016, as BERT's {@code WordpieceTokenizer}).
     *
     * @return false, and nothing added, if some part is in no token
     */
    boolean split(char[] word, int length, IntList out) {
        int before = out.size();
        Slices slices = starts;
        for (int start = 0; start < length; slices = continuations) {
            long found = slices.longest(word, start, length);
            if (found < 0) {
                out.truncate(before);
                return false;
            }
            out.add((int) found);
            start = (int) (found >>> 32);
        }
        return true;
    }

    /** Tokens with one prefix, by their text after it. */
    private static final class Slices {
        private final int mask;
        private final int[] table; // token id + 1, 0 is free
        private final char[][] texts; // by token id
        private final int[] hashes; // by token id
        private final int longest;

        Slices(List<String> tokens, String prefix) {
            mask = Integer.highestOneBit(Math.max(8, tokens.size()) * 4) - 1; // at most half full
            table = new int[mask + 1];
            texts = new char[tokens.size()][];
            hashes = new int[tokens.size()];
            int max = 0;
            for (int id = 0; id < tokens.size(); id++) {
                String token = tokens.get(id);
                if (token.length() <= prefix.length() || !token.startsWith(prefix)) {
                    continue;
                }
                String text = token.substring(prefix.length());
                texts[id] = text.toCharArray();
                hashes[id] = text.hashCode();
                max = Math.max(max, text.length());
                int slot = slot(hashes[id]);
                while (table[slot] != 0) {
                    slot = (slot + 1) & mask;
                }
                table[slot] = id + 1;
            }
            longest = max;
        }

        /** The end of the longest token that begins at start in the high half and its id in the low half, or -1. */
        long longest(char[] word, int start, int length) {
            int end = Math.min(length, start + longest);
            int hash = 0;
            for (int i = start; i < end; i++) {
                hash = 31 * hash + word[i];
            }
            for (; end > start; end--) {
                int id = find(word, start, end, hash);
                if (id >= 0) {
                    return (long) end << 32 | id;
                }
                hash = (hash - word[end - 1]) * INVERSE_OF_31; // the hash without the last character
            }
            return -1;
        }

        private int find(char[] word, int start, int end, int hash) {
            for (int slot = slot(hash); table[slot] != 0; slot = (slot + 1) & mask) {
                int id = table[slot] - 1;
                if (hashes[id] == hash && Arrays.equals(texts[id], 0, texts[id].length, word, start, end)) {
                    return id;
                }
            }
            return -1;
        }

        private int slot(int hash) {
            return (hash * 0x9E3779B9 >>> 8) & mask;
        }
    }

    /** 31 * this = 1 in 32-bit arithmetic. */
    private static final int INVERSE_OF_31 = 0xBDEF7BDF;
}
