package io.medley.text;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds and reads the tokenizer of a model directory. */
public final class Tokenizers {
    private Tokenizers() {}

    /** {@link #load(Path, WordPieceOptions)} for a plain BERT vocabulary. */
    public static Tokenizer load(Path directory) throws IOException {
        return load(directory, WordPieceOptions.BERT);
    }

    /**
     * By the files that are there, the first of: {@code vocab.txt} (WordPiece), {@code vocab.json} with {@code merges.txt} (if a CLIP vocabulary),
     * {@code bpe_simple_vocab_16e6.txt.gz} or {@code bpe_vocab.txt.gz} (CLIP), {@code tokenizer.json}. Beside a vocabulary,
     * {@code tokenizer_config.json} says whether case is kept, {@code special_tokens_map.json} the pad token, {@code added_tokens.json} what follows it.
     *
     * @param options for a {@code vocab.txt}; BLIP's models need {@link WordPieceOptions#BLIP}, whose tokens their directories do not name
     * @throws MedleyException if there is no tokenizer in the directory or it is broken
     */
    public static Tokenizer load(Path directory, WordPieceOptions options) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new MedleyException(
                    directory + ": not a directory; give the model's directory, which holds its tokenizer");
        }
        Path vocabTxt = directory.resolve("vocab.txt");
        if (Files.exists(vocabTxt)) {
            return WordPieceTokenizer.read(vocabTxt, wordPieceOptions(directory, options));
        }
        Path tokenizerJson = directory.resolve("tokenizer.json");
        Path vocabJson = directory.resolve("vocab.json");
        Path mergesTxt = directory.resolve("merges.txt");
        if (Files.exists(vocabJson) && Files.exists(mergesTxt)) {
            Map<String, Integer> vocabulary = ClipBpeTokenizer.vocabulary(vocabJson);
            if (vocabulary.containsKey("<|startoftext|>") && vocabulary.containsKey("a" + BytePairs.WORD_END)) {
                return ClipBpeTokenizer.read(vocabulary, mergesTxt, padToken(directory));
            }
            if (!Files.exists(tokenizerJson)) {
                throw new MedleyException(
                        vocabJson + ": byte pairs of another kind than CLIP's (no <|startoftext|> or 'a</w>'); "
                                + "only their tokenizer.json can be read, which is not there");
            }
        }
        for (String name : List.of("bpe_simple_vocab_16e6.txt.gz", "bpe_vocab.txt.gz")) {
            if (Files.exists(directory.resolve(name))) {
                return ClipBpeTokenizer.read(directory.resolve(name));
            }
        }
        if (Files.exists(tokenizerJson)) {
            return HuggingFaceTokenizer.read(tokenizerJson);
        }
        for (String name : List.of("spiece.model", "sentencepiece.bpe.model", "tokenizer.model")) {
            if (Files.exists(directory.resolve(name))) {
                throw new MedleyException(directory.resolve(name)
                        + ": a SentencePiece model, which is not read; add the model's tokenizer.json");
            }
        }
        throw new MedleyException(
                directory
                        + ": no tokenizer (looked for vocab.txt, vocab.json with merges.txt, tokenizer.json); add the model's own");
    }

    private static WordPieceOptions wordPieceOptions(Path directory, WordPieceOptions options) throws IOException {
        JsonNode lowerCase = json(directory.resolve("tokenizer_config.json")).path("do_lower_case");
        List<String> added = new ArrayList<>();
        json(directory.resolve("added_tokens.json")).properties().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getValue().asInt(0)))
                .filter(entry -> entry.getKey().startsWith("["))
                .forEach(entry -> added.add(entry.getKey()));
        options.added().stream().filter(token -> !added.contains(token)).forEach(added::add);
        return new WordPieceOptions(lowerCase.asBoolean(options.lowerCase()), options.closes(), added);
    }

    private static String padToken(Path directory) throws IOException {
        for (String file : List.of("special_tokens_map.json", "tokenizer_config.json")) {
            JsonNode pad = json(directory.resolve(file)).path("pad_token");
            String token = pad.isObject() ? pad.path("content").asString("") : pad.asString("");
            if (!token.isEmpty()) {
                return token;
            }
        }
        return "<|endoftext|>";
    }

    /** An empty object where there is no such file. */
    private static JsonNode json(Path file) throws IOException {
        JsonMapper mapper = new JsonMapper();
        try {
            return Files.exists(file) ? mapper.readTree(VocabularyFiles.read(file)) : mapper.createObjectNode();
        } catch (JacksonException e) {
            throw new MedleyException(file + ": not JSON (" + e.getOriginalMessage() + "); download it again", e);
        }
    }
}
