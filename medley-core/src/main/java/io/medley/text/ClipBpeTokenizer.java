package io.medley.text;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * CLIP's lower-casing byte-pair tokenizer, equal to {@code SimpleTokenizer} and {@code tokenize} of openai/CLIP: HTML entities unescaped twice, white space
 * collapsed, lower-cased, split by CLIP's pattern, merged. Thread-safe.
 *
 * <p>Not done: upstream first runs {@code ftfy.fix_text}, which repairs mis-decoded text ("cafÃ©") and straightens curly quotes; such text gets other ids here.
 */
public final class ClipBpeTokenizer implements Tokenizer {
    private static final String START = "<|startoftext|>";
    private static final String END = "<|endoftext|>";
    private static final List<String> FIXED = List.of(START, END, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d");
    /** {@code SimpleTokenizer} reads no more merges: 49152 - 256 - 2. */
    private static final int MAX_MERGES = 48894;

    private static final int MAX_CACHED = 1 << 15;
    private static final int MAX_CACHED_LENGTH = 32;

    private final Map<String, Integer> ids;
    private final String[] tokens;
    private final BytePairs pairs;
    private final boolean unescapes;
    private final int startId;
    private final int endId;
    private final int padId;
    private final Map<String, int[]> cache = new ConcurrentHashMap<>();

    private ClipBpeTokenizer(
            Map<String, Integer> ids, List<String[]> merges, boolean unescapes, String padToken, String name) {
        this.ids = ids;
        this.unescapes = unescapes;
        tokens = new String[ids.values().stream().mapToInt(id -> id + 1).max().orElse(0)];
        ids.forEach((token, id) -> tokens[id] = token);
        pairs = new BytePairs(ids, merges, name);
        startId = required(START, name);
        endId = required(END, name);
        padId = padToken.isEmpty() ? 0 : required(padToken, name);
    }

    /**
     * Reads openai/CLIP's merge list ({@code bpe_simple_vocab_16e6.txt.gz}; gzip or plain): a first line that is not read, then a pair a line. Pads with 0.
     *
     * @throws MedleyException if the file is not such a list
     */
    public static ClipBpeTokenizer read(Path mergeList) throws IOException {
        String name = mergeList.toString();
        String[] lines = VocabularyFiles.read(mergeList).split("\n", -1);
        Map<String, Integer> ids = new HashMap<>();
        for (String end : List.of("", BytePairs.WORD_END)) {
            for (int b = '!'; b <= 0xff; b++) { // the bytes that stand for themselves first, as upstream
                addIf(BytePairs.SYMBOLS[b] == b, BytePairs.SYMBOLS[b] + end, ids);
            }
            for (int b = 0; b <= 0xff; b++) {
                addIf(BytePairs.SYMBOLS[b] != b, BytePairs.SYMBOLS[b] + end, ids);
            }
        }
        int next = ids.size();
        List<String[]> merges = new ArrayList<>();
        for (int i = 1; i <= Math.min(lines.length - 1, MAX_MERGES); i++) {
            if (i == lines.length - 1 && lines[i].isEmpty()) {
                next++; // upstream counts the empty string behind the last line end as a token
                break;
            }
            String[] merge = merge(lines[i], i + 1, name);
            merges.add(merge);
            ids.put(merge[0] + merge[1], next++); // a token made twice keeps its later id, as upstream
        }
        ids.put(START, next++);
        ids.put(END, next);
        return new ClipBpeTokenizer(ids, merges, true, "", name);
    }

    /**
     * Reads the two files of a Hugging Face CLIP directory. As Hugging Face's tokenizer, this one does not unescape HTML entities.
     *
     * @param padToken the pad token ({@code pad_token} in {@code special_tokens_map.json}; {@code <|endoftext|>} in OpenAI's models)
     * @throws MedleyException if they are not a CLIP vocabulary and its merges
     */
    public static ClipBpeTokenizer read(Path vocabJson, Path mergesTxt, String padToken) throws IOException {
        return read(vocabulary(vocabJson), mergesTxt, padToken);
    }

    static ClipBpeTokenizer read(Map<String, Integer> vocabulary, Path mergesTxt, String padToken) throws IOException {
        String[] lines = VocabularyFiles.read(mergesTxt).split("\n", -1);
        List<String[]> merges = new ArrayList<>();
        for (int i = 0; i < lines.length; i++) {
            if (!(i == 0 && lines[i].startsWith("#version")) && !lines[i].isEmpty()) {
                merges.add(merge(lines[i], i + 1, mergesTxt.toString()));
            }
        }
        return new ClipBpeTokenizer(vocabulary, merges, false, padToken, mergesTxt.toString());
    }

    /** A {@code vocab.json}: one object, token to id; ids are small and no two tokens share one. */
    static Map<String, Integer> vocabulary(Path vocabJson) throws IOException {
        JsonNode json;
        try {
            json = new JsonMapper().readTree(VocabularyFiles.read(vocabJson));
        } catch (JacksonException e) {
            throw new MedleyException(
                    vocabJson + ": not JSON (" + e.getOriginalMessage() + "); give the tokenizer's vocab.json", e);
        }
        if (!json.isObject() || json.isEmpty()) {
            throw new MedleyException(vocabJson + ": not an object of tokens and ids; give the tokenizer's vocab.json");
        }
        Map<String, Integer> ids = new HashMap<>();
        Map<Integer, String> seen = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            JsonNode id = entry.getValue();
            if (!id.isInt() || id.intValue() < 0 || id.intValue() > 10 * json.size()) {
                throw new MedleyException(vocabJson + ": token '" + entry.getKey() + "' has id " + id
                        + "; ids count from 0 to about the number of tokens (" + json.size() + ")");
            }
            String other = seen.put(id.intValue(), entry.getKey());
            if (other != null) {
                throw new MedleyException(vocabJson + ": tokens '" + other + "' and '" + entry.getKey()
                        + "' both have id " + id + "; ids must differ");
            }
            ids.put(entry.getKey(), id.intValue());
        }
        return ids;
    }

    /** {@code <|startoftext|>}, the text, {@code <|endoftext|>}. */
    @Override
    public int[] encode(String text) {
        return encode(text, Integer.MAX_VALUE);
    }

    @Override
    public int[] encode(String text, int maxLength) {
        if (maxLength < 2) {
            throw new IllegalArgumentException(
                    "a text of at most " + maxLength + " tokens has no room for " + START + " and " + END);
        }
        IntList out = new IntList();
        out.add(startId);
        encode(text, out, maxLength - 1);
        out.truncate(Math.min(out.size(), maxLength - 1));
        out.add(endId);
        return out.toArray();
    }

    /** The ids of the text alone ({@code SimpleTokenizer.encode}). */
    public int[] encodeOnly(String text) {
        IntList out = new IntList();
        encode(text, out, Integer.MAX_VALUE);
        return out.toArray();
    }

    /**
     * {@code clip.tokenize}: start, text and end, padded with 0 to the context length (77 in the published models).
     *
     * @param truncate cut what is too long, keeping the end token
     * @throws MedleyException if the text is too long and is not to be cut
     */
    public int[] tokenize(String text, int contextLength, boolean truncate) {
        int[] ids = truncate ? encode(text, contextLength) : encode(text);
        if (ids.length > contextLength) {
            throw new MedleyException("text of " + ids.length + " tokens is too long for the context of "
                    + contextLength + ": '"
                    + text.substring(0, text.offsetByCodePoints(0, Math.min(40, text.codePointCount(0, text.length()))))
                    + "'; shorten or truncate it");
        }
        return Arrays.copyOf(ids, contextLength);
    }

    /** The text up to {@code <|endoftext|>}, without {@code <|startoftext|>} and the spaces around it. */
    @Override
    public String decode(int... ids) {
        int[] kept = Arrays.stream(ids)
                .takeWhile(id -> id != endId)
                .filter(id -> id != startId)
                .toArray();
        return PythonText.strip(decodeAll(kept));
    }

    /**
     * {@code SimpleTokenizer.decode}: every token written out, a space behind each word; bytes that are not UTF-8 read U+FFFD.
     *
     * @throws IllegalArgumentException for an id outside the vocabulary
     */
    public String decodeAll(int... ids) {
        StringBuilder symbols = new StringBuilder();
        for (int id : ids) {
            symbols.append(token(id));
        }
        byte[] bytes = new byte[symbols.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) byteOf(symbols.charAt(i));
            if (i > 0 && bytes[i - 1] == (byte) 0xed && (bytes[i] & 0xe0) == 0xa0) {
                bytes[i - 1] = (byte) 0xff; // a coded surrogate: three bad bytes in Python, one bad character in Java
            }
        }
        return new String(bytes, StandardCharsets.UTF_8).replace(BytePairs.WORD_END, " ");
    }

    @Override
    public int vocabSize() {
        return tokens.length;
    }

    @Override
    public OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** @throws IllegalArgumentException for an id outside the vocabulary; CLIP has no unknown token */
    @Override
    public String token(int id) {
        if (id < 0 || id >= tokens.length) {
            throw new IllegalArgumentException("id " + id + " is outside the vocabulary of " + tokens.length);
        }
        return tokens[id] == null ? "" : tokens[id];
    }

    @Override
    public int padId() {
        return padId;
    }

    @Override
    public OptionalInt startId() {
        return OptionalInt.of(startId);
    }

    @Override
    public OptionalInt endId() {
        return OptionalInt.of(endId);
    }

    private void encode(String text, IntList out, int enough) {
        String clean = clean(text);
        for (int i = 0; i < clean.length() && out.size() < enough; ) {
            int end = wordEnd(clean, i);
            if (end > i) {
                for (int id : word(clean.substring(i, end))) {
                    out.add(id);
                }
            }
            i = end > i ? end : clean.offsetByCodePoints(i, 1);
        }
    }

    private int[] word(String word) {
        if (word.equals(START) || word.equals(END)) {
            return new int[] {word.equals(START) ? startId : endId};
        }
        int[] known = cache.get(word);
        if (known != null) {
            return known;
        }
        int[] encoded = pairs.encode(word);
        if (word.length() <= MAX_CACHED_LENGTH && cache.size() < MAX_CACHED) {
            cache.put(word, encoded);
        }
        return encoded;
    }

    private String clean(String text) {
        String plain = PythonText.strip(unescapes ? HtmlEntities.unescape(HtmlEntities.unescape(text)) : text);
        StringBuilder out = new StringBuilder(plain.length());
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (!isWhiteSpace(c)) {
                out.append(c);
            } else if (i == 0 || !isWhiteSpace(plain.charAt(i - 1))) {
                out.append(' ');
            }
        }
        return PythonText.lower(PythonText.strip(out.toString()));
    }

    /**
     * Where the match of CLIP's pattern that begins here ends; {@code start} if none does. The pattern ignores case, so U+017F (long s) is an {@code s} in the
     * fixed parts, and U+0345, whose other case is a letter, matches nothing at all in Python's regex module.
     */
    private static int wordEnd(String text, int start) {
        for (String fixed : FIXED) {
            if (startsWith(text, start, fixed)) {
                return start + fixed.length();
            }
        }
        int first = text.codePointAt(start);
        byte kind = patternKind(first);
        int end = start + Character.charCount(first);
        if (kind == Unicode14.SPACE) {
            return start;
        }
        while (kind != Unicode14.NUMBER && end < text.length() && patternKind(text.codePointAt(end)) == kind) {
            end = text.offsetByCodePoints(end, 1);
        }
        return end;
    }

    /** LETTER, NUMBER, SPACE (matches nothing) or OTHER. */
    private static byte patternKind(int c) {
        byte kind = Unicode14.kind(c);
        if (kind == Unicode14.LETTER || kind == Unicode14.NUMBER) {
            return kind;
        }
        return isWhiteSpace(c) || c == 0x345 ? Unicode14.SPACE : Unicode14.OTHER;
    }

    /** White_Space: unlike Python's {@code isspace}, without U+001C to U+001F. */
    private static boolean isWhiteSpace(int c) {
        return Unicode14.isSpace(c) && !(c >= 0x1c && c <= 0x1f);
    }

    private static boolean startsWith(String text, int start, String fixed) {
        if (start + fixed.length() > text.length()) {
            return false;
        }
        for (int i = 0; i < fixed.length(); i++) {
            char c = text.charAt(start + i);
            if ((c == 'ſ' ? 's' : c) != fixed.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int byteOf(char symbol) {
        if (symbol < 256 && BytePairs.SYMBOLS[symbol] == symbol) {
            return symbol;
        }
        for (int b = 0; b < 256; b++) {
            if (BytePairs.SYMBOLS[b] == symbol) {
                return b;
            }
        }
        return '?'; // a token of the vocabulary file that no bytes make
    }

    private static void addIf(boolean wanted, String token, Map<String, Integer> ids) {
        if (wanted) {
            ids.put(token, ids.size());
        }
    }

    private static String[] merge(String line, int number, String name) {
        String[] parts = PythonText.strip(line).split(" +");
        if (parts.length != 2) {
            throw new MedleyException(
                    name + ": line " + number + " has " + parts.length + " parts, not a pair; give CLIP's merge list");
        }
        return parts;
    }

    private int required(String token, String name) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new MedleyException(
                    name + ": no " + token + " among " + ids.size() + " tokens; this is not a CLIP vocabulary");
        }
        return id;
    }
}
