package io.medley.model.reference.core;

import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.text.Captions;
import io.medley.text.Padding;
import io.medley.text.TokenBatch;
import io.medley.text.WordPieceOptions;
import io.medley.text.WordPieceTokenizer;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** BERT's tokenizer as BLIP's {@code init_tokenizer} makes it, batches of it, and {@code pre_caption} and {@code pre_question}. */
public final class WordPieceReplay implements Replay {
    private static final Pattern CLEANING = Pattern.compile("(pre_caption|pre_question|lavis_caption_prompt)_(\\d+)");

    @Override
    public String name() {
        return "wordpiece";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        var files = directory.files();
        return files.file("cases.jsonl").isPresent()
                && files.file("vocab.txt").isPresent()
                && files.file("model.safetensors").isEmpty();
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var files = directory.files();
        var tokenizer = WordPieceTokenizer.read(files.require("vocab.txt"), WordPieceOptions.BLIP);
        var lines = Lines.read(files.require("cases.jsonl"));
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            var name = "text." + i;
            results.part(name, () -> text(results, name, tokenizer, line));
        }
        files.json("batches.json").ifPresent(batches -> {
            for (int i = 0; i < batches.size(); i++) {
                int at = i;
                results.part("batch." + i, () -> batch(results, "batch." + at, tokenizer, batches.get(at)));
            }
        });
        files.json("pre_text.json").ifPresent(texts -> {
            for (int i = 0; i < texts.size(); i++) {
                int at = i;
                results.part("clean." + i, () -> clean(results, "clean." + at, texts.get(at)));
            }
        });
    }

    /** {@code basic}, the words before they are split, shows in the tokens. */
    private static void text(Comparison results, String name, WordPieceTokenizer tokenizer, JsonNode line) {
        var text = line.path("text").asString();
        int[] ids = tokenizer.encode(text);
        results.checkText(name + ".tokens", Lines.strings(line.path("tokens")), tokenizer.tokenize(text));
        results.checkText(
                name,
                List.of(
                        Lines.ids(line.path("ids")),
                        line.path("decoded").asString(),
                        line.path("decoded_skip_special").asString()),
                List.of(Lines.ids(ids), tokenizer.decode(ids, false, true), tokenizer.decode(ids)));
    }

    private static void batch(Comparison results, String name, WordPieceTokenizer tokenizer, JsonNode expected) {
        var call = expected.path("call");
        var padding = !call.has("max_length")
                ? Padding.longest()
                : new Padding(
                        call.path("max_length").asInt(),
                        call.path("padding").asString("").equals("max_length"));
        var batch = tokenizer.encode(Lines.strings(expected.path("texts")), padding);
        results.checkText(name + ".input_ids", rows(expected.path("input_ids")), rows(batch, batch.ids()));
        results.checkText(
                name + ".attention_mask", rows(expected.path("attention_mask")), rows(batch, batch.attentionMask()));
    }

    private static List<String> rows(JsonNode rows) {
        return rows.valueStream().map(Lines::ids).toList();
    }

    private static List<String> rows(TokenBatch batch, long[] values) {
        return IntStream.range(0, batch.rows())
                .mapToObj(r -> Lines.ids(IntStream.range(0, batch.length())
                        .map(i -> Math.toIntExact(values[r * batch.length() + i]))
                        .toArray()))
                .toList();
    }

    private static void clean(Comparison results, String name, JsonNode line) {
        var text = line.path("text").asString();
        for (var entry : line.properties()) {
            var key = entry.getKey();
            var match = CLEANING.matcher(key);
            String actual;
            if (match.matches()) {
                int words = Integer.parseInt(match.group(2));
                actual = switch (match.group(1)) {
                    case "pre_caption" -> Captions.preCaption(text, words);
                    case "pre_question" -> Captions.preQuestion(text, words);
                    default -> "a picture of " + Captions.preCaption(text, words);
                };
            } else if (key.equals("lavis_question")) {
                actual = Captions.preQuestion(text);
            } else if (key.equals("text")) {
                continue;
            } else {
                results.fail(name + "." + key, "not covered by the replay");
                continue;
            }
            results.checkText(name + "." + key, List.of(entry.getValue().asString()), List.of(actual));
        }
    }
}
