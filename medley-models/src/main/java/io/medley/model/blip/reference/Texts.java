package io.medley.model.blip.reference;

import io.medley.model.blip.BlipConfigJson;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.tensor.Tensor;
import io.medley.text.Padding;
import io.medley.text.WordPieceOptions;
import io.medley.text.WordPieceTokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The texts of a directory through its own vocabulary. */
final class Texts {
    private final WordPieceTokenizer tokenizer;

    Texts(ReferenceDirectory directory, BlipConfigJson.Setup setup) throws IOException {
        var file = directory.config().path("tokenizer").path("vocab_file").asString("vocab.txt");
        this.tokenizer = WordPieceTokenizer.read(directory.files().require(file), WordPieceOptions.BLIP);
        if (tokenizer.encId() != setup.tokens().enc()
                || tokenizer.decId() != setup.tokens().dec()) {
            throw new IllegalStateException("vocabulary gives other ids to [DEC] and [ENC] than config.json");
        }
    }

    /** A list of strings of cases.json. */
    static List<String> strings(ReferenceDirectory directory, String key) {
        return strings(directory.cases(), key);
    }

    static List<String> strings(JsonNode node, String key) {
        var texts = new ArrayList<String>();
        node.path(key).forEach(text -> texts.add(text.asString()));
        return texts;
    }

    WordPieceTokenizer tokenizer() {
        return tokenizer;
    }

    /** Ids (B, width), cut and padded to the width, the first one replaced unless negative. */
    Tensor ids(List<String> texts, long width, long first) {
        var batch = tokenizer.encode(texts, Padding.to(Math.toIntExact(width)));
        var ids = Tensor.of(batch.ids(), batch.rows(), batch.length());
        if (first >= 0) {
            ids.narrow(1, 0, 1).fill_(first);
        }
        return ids;
    }

    static long[] longs(int[] ids) {
        return Arrays.stream(ids).asLongStream().toArray();
    }

    /** Rows of equal length as (rows, length). */
    static Tensor tensor(long[][] rows) {
        return Tensor.of(
                Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray(),
                rows.length,
                rows.length == 0 ? 0 : rows[0].length);
    }
}
