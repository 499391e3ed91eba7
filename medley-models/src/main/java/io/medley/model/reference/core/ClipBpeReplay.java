package io.medley.model.reference.core;

import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.text.ClipBpeTokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** OpenAI CLIP's {@code SimpleTokenizer} and {@code clip.tokenize}. */
public final class ClipBpeReplay implements Replay {
    private static final String VOCABULARY = "bpe_vocab.txt.gz";
    private static final Pattern TOKENIZE = Pattern.compile("tokenize_context(\\d+)(_truncate)?");

    @Override
    public String name() {
        return "clip bpe";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.files().file(VOCABULARY).isPresent()
                && directory.files().file("cases.jsonl").isPresent();
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var tokenizer = ClipBpeTokenizer.read(directory.files().require(VOCABULARY));
        var lines = Lines.read(directory.files().require("cases.jsonl"));
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            var name = "text." + i;
            results.part(name, () -> text(results, name, tokenizer, line));
        }
    }

    private static void text(Comparison results, String name, ClipBpeTokenizer tokenizer, JsonNode line) {
        var text = line.path("text").asString();
        int[] ids = tokenizer.encodeOnly(text);
        results.checkText(
                name,
                List.of(Lines.ids(line.path("ids")), line.path("decoded").asString()),
                List.of(Lines.ids(ids), tokenizer.decodeAll(ids)));
        results.checkText(
                name + ".tokens",
                Lines.strings(line.path("tokens")),
                Arrays.stream(ids).mapToObj(tokenizer::token).toList());
        for (var entry : line.properties()) {
            var match = TOKENIZE.matcher(entry.getKey());
            if (match.matches()) {
                int[] context = tokenizer.tokenize(text, Integer.parseInt(match.group(1)), match.group(2) != null);
                results.checkText(
                        name + "." + entry.getKey(), List.of(Lines.ids(entry.getValue())), List.of(Lines.ids(context)));
            }
        }
    }
}
