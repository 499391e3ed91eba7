package io.medley.data;

import io.medley.checkpoint.Quote;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The members of one sample as they come; the first thing wrong with them is kept. */
final class SampleParts {

    private static final int MOST_MEMBERS = 64;

    private final String key;
    private final ShardOptions options;
    private int members;
    private @Nullable EncodedImage image;
    private byte @Nullable [] text;
    private byte @Nullable [] json;
    private @Nullable String problem;

    SampleParts(String key, ShardOptions options) {
        this.key = key;
        this.options = options;
    }

    void broken(@Nullable String reason) {
        if (problem == null) {
            problem = reason;
        }
    }

    /** Whether this member is worth reading; notes what is wrong if it is not. */
    boolean wants(MemberName name, TarMembers.Member member) {
        if (++members > MOST_MEMBERS) {
            broken("more than " + MOST_MEMBERS + " members");
        }
        broken(name.problem());
        int limit = limit(name.extension());
        if (limit > 0 && !member.regular()) {
            broken(Quote.of(member.name()) + " is a link or another special file; only plain files are read");
        }
        if (limit > 0 && member.size() > limit) {
            broken(Quote.of(member.name()) + " has " + member.size() + " bytes, more than the limit of " + limit);
        }
        return limit > 0 && problem == null;
    }

    void add(MemberName name, byte[] bytes) {
        String extension = name.extension();
        if (extension.equals("txt")) {
            broken(text == null ? null : "two texts (.txt)");
            text = bytes;
        } else if (extension.equals("json")) {
            broken(json == null ? null : "two metadata members (.json)");
            json = bytes;
        } else {
            broken(image == null ? null : "two pictures (." + image.extension() + " and ." + extension + ")");
            broken(bytes.length == 0 ? "its picture is empty" : null);
            image = new EncodedImage(extension, bytes);
        }
    }

    Row<Sample> row(Place place) {
        EncodedImage picture = image;
        List<String> texts = texts();
        ObjectNode metadata = metadata();
        if (picture == null) {
            broken("no picture (.jpg, .png or .webp)");
        }
        if (text == null && options.requireText()) {
            broken("no text (.txt)");
        }
        return problem != null || picture == null
                ? new Row.Broken<>(place, key, String.valueOf(problem))
                : new Row.Good<>(place, key, new Sample(key, picture, texts, metadata));
    }

    private List<String> texts() {
        try {
            return text == null ? List.of() : List.of(Texts.decode(text));
        } catch (CharacterCodingException e) {
            broken("its text is not UTF-8");
            return List.of();
        }
    }

    private ObjectNode metadata() {
        try {
            JsonNode tree = json == null ? DataJson.MAPPER.createObjectNode() : DataJson.MAPPER.readTree(json);
            if (tree instanceof ObjectNode object) {
                return object;
            }
            broken("its metadata is JSON of kind " + DataJson.kind(tree) + ", expected an object");
        } catch (JacksonException e) {
            broken("its metadata is no JSON: " + DataJson.reason(e));
        }
        return DataJson.MAPPER.createObjectNode();
    }

    private int limit(String extension) {
        if (extension.equals("txt")) {
            return options.maxTextBytes();
        }
        if (extension.equals("json")) {
            return options.maxJsonBytes();
        }
        return EncodedImage.EXTENSIONS.contains(extension) ? options.maxImageBytes() : 0;
    }
}
