package io.medley.text;

import io.medley.tensor.MedleyException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Any {@code tokenizer.json}, run by Hugging Face's own Rust library through DJL. Holds native memory: close it; afterwards every call throws. Thread-safe.
 *
 * <p>Nothing is downloaded: the library lies in DJL's jar and is unpacked to its cache directory ({@code ENGINE_CACHE_DIR}, by default under the home
 * directory). Two habits of DJL are switched off unless the environment says otherwise: fetching a CUDA build where it sees a GPU ({@code RUST_FLAVOR}) and
 * reporting its use from Amazon machines ({@code OPT_OUT_TRACKING}).
 */
public final class HuggingFaceTokenizer implements Tokenizer {
    private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer;
    private final Map<String, Integer> ids;
    private final String[] tokens;
    private final int padId;
    private final OptionalInt startId;
    private final OptionalInt endId;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private HuggingFaceTokenizer(
            ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer, Map<String, Integer> ids, JsonNode json) {
        this.tokenizer = tokenizer;
        this.ids = ids;
        tokens = new String[ids.values().stream().mapToInt(id -> id + 1).max().orElse(0)];
        Arrays.fill(tokens, "");
        ids.forEach((token, id) -> tokens[id] = token);
        int[] frame = encode("");
        int[] letter = encode("a");
        boolean starts = frame.length > 0 && letter[0] == frame[0];
        boolean ends = frame.length > (starts ? 1 : 0) && letter[letter.length - 1] == frame[frame.length - 1];
        startId = starts ? OptionalInt.of(frame[0]) : OptionalInt.empty();
        endId = ends ? OptionalInt.of(frame[frame.length - 1]) : OptionalInt.empty();
        JsonNode pad = json.path("padding").path("pad_id");
        padId = pad.isInt() ? pad.intValue() : ids.getOrDefault("[PAD]", ids.getOrDefault("<pad>", endId.orElse(0)));
    }

    /**
     * Reads a {@code tokenizer.json}. Truncation and padding that the file asks for are left out; {@link #encode(List, Padding)} does both.
     *
     * @throws MedleyException if the file is not a tokenizer, or is larger than 64 MiB
     */
    public static HuggingFaceTokenizer read(Path tokenizerJson) throws IOException {
        String text = VocabularyFiles.read(tokenizerJson);
        JsonNode json;
        try {
            json = new JsonMapper().readTree(text);
        } catch (JacksonException e) {
            throw new MedleyException(
                    tokenizerJson + ": not JSON (" + e.getOriginalMessage() + "); give Hugging Face's tokenizer.json",
                    e);
        }
        Map<String, Integer> ids = vocabulary(json, tokenizerJson.toString());
        defaultTo("RUST_FLAVOR", "cpu");
        defaultTo("OPT_OUT_TRACKING", "true");
        ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer = null;
        try {
            tokenizer = ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                    Map.of("addSpecialTokens", "true", "truncation", "do_not_truncate", "padding", "do_not_pad"));
            return new HuggingFaceTokenizer(tokenizer, ids, json);
        } catch (RuntimeException e) { // what the Rust side says about a file it cannot read
            if (tokenizer != null) {
                tokenizer.close();
            }
            throw new MedleyException(
                    tokenizerJson + ": not a tokenizer (" + firstLine(e) + "); give Hugging Face's tokenizer.json", e);
        }
    }

    @Override
    public int[] encode(String text) {
        long[] encoded = open(() -> tokenizer.encode(text, true, false).getIds());
        return Arrays.stream(encoded).mapToInt(Math::toIntExact).toArray();
    }

    /** Cuts behind the encoding; the last id stays if the tokenizer closes texts with a special token. */
    @Override
    public int[] encode(String text, int maxLength) {
        int special = (startId.isPresent() ? 1 : 0) + (endId.isPresent() ? 1 : 0);
        if (maxLength < special) {
            throw new IllegalArgumentException(
                    "a text of at most " + maxLength + " tokens has no room for its " + special + " special tokens");
        }
        int[] encoded = encode(text);
        if (encoded.length <= maxLength) {
            return encoded;
        }
        int[] cut = Arrays.copyOf(encoded, maxLength);
        endId.ifPresent(id -> cut[maxLength - 1] = id);
        return cut;
    }

    @Override
    public String decode(int... tokenIds) {
        return open(
                () -> tokenizer.decode(Arrays.stream(tokenIds).asLongStream().toArray(), true));
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

    /** Empty for an id that has no token. */
    @Override
    public String token(int id) {
        return id >= 0 && id < tokens.length ? tokens[id] : "";
    }

    /** The file's padding id, else {@code [PAD]} or {@code <pad>}, else the end id. */
    @Override
    public int padId() {
        return padId;
    }

    @Override
    public OptionalInt startId() {
        return startId;
    }

    @Override
    public OptionalInt endId() {
        return endId;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                tokenizer.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Runs native code with the tokenizer held open: freed memory must never be reached. */
    private <T> T open(Supplier<T> call) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("tokenizer is closed");
            }
            return call.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    private static Map<String, Integer> vocabulary(JsonNode json, String name) {
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocab = json.path("model").path("vocab");
        if (vocab.isArray()) { // Unigram: [token, score] in the order of ids
            for (int i = 0; i < vocab.size(); i++) {
                put(vocab.get(i).path(0).asString(""), i, ids, name);
            }
        } else {
            vocab.properties()
                    .forEach(entry -> put(entry.getKey(), entry.getValue().asInt(-1), ids, name));
        }
        json.path("added_tokens")
                .forEach(token ->
                        put(token.path("content").asString(""), token.path("id").asInt(-1), ids, name));
        if (ids.isEmpty()) {
            throw new MedleyException(name + ": no model.vocab; give Hugging Face's tokenizer.json");
        }
        return ids;
    }

    private static void put(String token, int id, Map<String, Integer> ids, String name) {
        if (id < 0 || id > VocabularyFiles.MAX_BYTES / 4) {
            throw new MedleyException(name + ": token '" + token + "' has no usable id; ids count from 0");
        }
        ids.put(token, id);
    }

    private static void defaultTo(String property, String value) {
        if (System.getenv(property) == null && System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static String firstLine(RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(message);
    }
}
