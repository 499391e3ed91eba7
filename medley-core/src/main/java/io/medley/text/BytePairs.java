package io.medley.text;

import io.medley.tensor.MedleyException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Byte-pair merging (Sennrich et al. 2016) over bytes, the last of a word marked {@code </w>}: again and again the pair of the lowest rank is merged, wherever
 * it stands, from left to right. Near-linear in the length of the word, so that a hostile one cannot stall it.
 */
final class BytePairs {
    static final String WORD_END = "</w>";
    /** The printable stand-in of each byte, GPT-2's {@code bytes_to_unicode}. */
    static final char[] SYMBOLS = new char[256];

    static {
        int stand = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
            SYMBOLS[b] = (char) (printable ? b : stand++);
        }
    }

    private final int[] bytes = new int[256];
    private final int[] lastBytes = new int[256];
    private final Map<Long, Integer> ranks;
    private final int[] merged; // by rank

    /**
     * @param merges pairs of tokens, the most frequent first
     * @param name what errors call the merge list
     */
    BytePairs(Map<String, Integer> ids, List<String[]> merges, String name) {
        for (int b = 0; b < 256; b++) {
            bytes[b] = id(ids, String.valueOf(SYMBOLS[b]), name);
            lastBytes[b] = id(ids, SYMBOLS[b] + WORD_END, name);
        }
        ranks = new HashMap<>(merges.size() * 2);
        merged = new int[merges.size()];
        for (int rank = 0; rank < merged.length; rank++) {
            String[] merge = merges.get(rank);
            merged[rank] = id(ids, merge[0] + merge[1], name);
            ranks.put(pair(id(ids, merge[0], name), id(ids, merge[1], name)), rank);
        }
    }

    /** The ids of one word; it must not be empty. */
    int[] encode(String word) {
        byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
        int n = utf8.length;
        int[] symbols = new int[n];
        int[] next = new int[n]; // a list of the symbols left, by position
        int[] previous = new int[n];
        for (int i = 0; i < n; i++) {
            symbols[i] = (i == n - 1 ? lastBytes : bytes)[utf8[i] & 0xff];
            next[i] = i + 1;
            previous[i] = i - 1;
        }
        PriorityQueue<Long> queue = new PriorityQueue<>(); // rank in the high half, position in the low
        for (int i = 0; i + 1 < n; i++) {
            offer(queue, symbols, i, i + 1);
        }
        int[] touched = new int[16];
        while (!queue.isEmpty()) {
            int rank = (int) (queue.peek() >>> 32);
            int count = 0;
            while (!queue.isEmpty()
                    && (int) (queue.peek() >>> 32) == rank) { // one pass: no pair made on the way may overtake
                int i = (int) (long) queue.poll();
                int j = symbols[i] < 0 ? n : next[i];
                if (j >= n || ranks.getOrDefault(pair(symbols[i], symbols[j]), -1) != rank) {
                    continue; // an entry that an earlier merge has used up
                }
                symbols[i] = merged[rank];
                symbols[j] = -1;
                next[i] = next[j];
                if (next[j] < n) {
                    previous[next[j]] = i;
                }
                if (count == touched.length) {
                    touched = Arrays.copyOf(touched, count * 2);
                }
                touched[count++] = i;
            }
            for (int t = 0; t < count; t++) {
                int i = touched[t];
                if (previous[i] >= 0) {
                    offer(queue, symbols, previous[i], i);
                }
                if (next[i] < n) {
                    offer(queue, symbols, i, next[i]);
                }
            }
        }
        IntList out = new IntList();
        for (int i = 0; i < n; i = next[i]) {
            out.add(symbols[i]);
        }
        return out.toArray();
    }

    private void offer(PriorityQueue<Long> queue, int[] symbols, int i, int j) {
        Integer rank = ranks.get(pair(symbols[i], symbols[j]));
        if (rank != null) {
            queue.add((long) rank << 32 | i);
        }
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    private static int id(Map<String, Integer> ids, String token, String name) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new MedleyException(name + ": token '" + token
                    + "' is not in the vocabulary; give the merges and the vocabulary of one tokenizer");
        }
        return id;
    }
}
