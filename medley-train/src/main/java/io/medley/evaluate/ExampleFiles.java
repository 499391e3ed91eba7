package io.medley.evaluate;

import io.medley.data.Annotations;
import io.medley.data.Annotations.StoredPicture;
import io.medley.data.RemoteFiles;
import io.medley.image.Images;
import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Examples as people keep them: in any form that {@link Annotations} reads. What an object says makes it an example of a task:
 *
 * <ul>
 *   <li>{@code image} (a path, relative to the file, or an address), or {@code images}, two of them;
 *   <li>{@code caption}, {@code captions}, {@code text} and other names of texts;
 *   <li>{@code question} with {@code answer} or {@code answers}, and {@code type}, or {@code questions}, a list of such;
 *   <li>{@code sentence} with {@code label}, true or false; {@code label} alone for categories; {@code domain}; {@code split}.
 * </ul>
 */
public final class ExampleFiles {
    /** What people call the entries of their data. */
    private static final List<String> KEYS =
            List.of("key", "question_id", "id", "imgid", "image_id", "filename", "image");

    /** So large a share of rows may be unreadable before that is an error. */
    private static final double MOST_BROKEN = 0.1;

    /** One object of the data, whatever form it came in. */
    private record Entry(String key, Annotations.Row row, JsonNode json) {
        static Entry of(Annotations.Row row) {
            var key = KEYS.stream()
                    .filter(name -> row.object().path(name).isValueNode())
                    .map(name -> row.object().path(name).asString())
                    .findFirst();
            return new Entry(key.orElse(row.key()), row, row.object());
        }

        String text(String... names) {
            for (var name : names) {
                if (json.path(name).isValueNode()) {
                    return json.path(name).asString("").strip();
                }
            }
            return "";
        }

        /** All strings under any of these names. */
        List<String> texts(String... names) {
            for (var name : names) {
                var node = json.path(name);
                if (node.isArray()) {
                    return node.valueStream()
                            .map(value -> value.asString("").strip())
                            .filter(text -> !text.isEmpty())
                            .toList();
                }
            }
            var single = text(names);
            return single.isEmpty() ? List.of() : List.of(single);
        }

        Picture picture(String name) {
            if (name.isEmpty()) {
                throw new MedleyException(key + ": names no picture; give it as \"image\"");
            }
            return new FoundPicture(row.pictures().named(name));
        }

        Picture picture() {
            return picture(row.image());
        }
    }

    private record FoundPicture(StoredPicture stored) implements Picture {
        @Override
        public String name() {
            return stored.name();
        }

        @Override
        public RgbImage load() {
            var file = stored.file();
            if (file.isPresent()) {
                return Images.read(file.get());
            }
            try {
                return Images.read(stored.read().bytes(), name());
            } catch (IOException e) {
                throw new MedleyException(name() + ": cannot be read (" + e.getMessage() + ")", e);
            }
        }
    }

    private final String source;
    private final List<Entry> entries;
    private final List<String> notes;

    private ExampleFiles(String source, List<Entry> entries, List<String> notes) {
        this.source = source;
        this.entries = entries;
        this.notes = notes;
    }

    /**
     * Reads what there is, but no picture (those of shards apart).
     *
     * @param source as {@link Annotations#open} takes it
     * @param split only entries of this split; all when empty
     * @throws MedleyException when there is nothing, or it is damaged
     */
    public static ExampleFiles open(String source, String split) {
        var annotations = Annotations.open(source, new RemoteFiles());
        var broken = annotations.rows().stream()
                .filter(row -> !row.problem().isEmpty())
                .toList();
        var all = annotations.rows().stream()
                .filter(row -> row.problem().isEmpty())
                .map(Entry::of)
                .toList();
        var notes = new ArrayList<String>();
        if (!broken.isEmpty()) {
            var what = broken.size() + " of " + annotations.rows().size() + " rows cannot be read, such as "
                    + broken.get(0).key() + " (" + broken.get(0).problem() + ")";
            if (!annotations.shards()
                    || broken.size() > MOST_BROKEN * annotations.rows().size()) {
                throw new MedleyException(source + ": " + what + "; mend them or take them out");
            }
            notes.add(source + ": left out, " + what);
        }
        var chosen = all.stream()
                .filter(entry -> split.isEmpty() || entry.text("split").equals(split))
                .toList();
        if (chosen.isEmpty()) {
            throw new MedleyException(
                    all.isEmpty()
                            ? source + ": no examples; expected pictures with a .txt beside each, sub-folders of"
                                    + " pictures, an annotation file, or shards"
                            : source + ": none of " + all.size() + " entries is of split '" + split + "'");
        }
        return new ExampleFiles(source, chosen, notes);
    }

    /** Lines for people: what was left out, and why. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** For captions and retrieval: entries that have a text; the others are left out. */
    public List<Example.Captioned> captioned() {
        var examples = new ArrayList<Example.Captioned>();
        for (var entry : entries) {
            var texts = entry.row.texts();
            // A sentence with a label may be untrue.
            boolean judged = entry.json.has("sentence") && entry.json.has("label");
            if (!texts.isEmpty() && !judged) {
                examples.add(new Example.Captioned(entry.key, entry.picture(), texts, entry.text("domain")));
            }
        }
        return checked(examples, "captions (a .txt beside each picture, or \"caption\")");
    }

    /** For question answering; an entry may hold several questions. */
    public List<Example.Question> questions() {
        var examples = new ArrayList<Example.Question>();
        for (var entry : entries) {
            var several = entry.json.path("questions");
            if (several.isArray()) {
                int number = 0;
                for (var node : several) {
                    add(examples, entry, new Entry(entry.key + "#" + ++number, entry.row, node));
                }
            } else {
                add(examples, entry, entry);
            }
        }
        return checked(examples, "questions (\"question\" and \"answer\")");
    }

    private static void add(List<Example.Question> examples, Entry picture, Entry asked) {
        var answers = asked.texts("answers", "answer");
        var question = asked.text("question");
        if (!answers.isEmpty() && !question.isEmpty()) {
            var type = asked.text("type", "question_type", "answer_type");
            examples.add(new Example.Question(asked.key, picture.picture(), question, answers, type));
        }
    }

    /** For NLVR2. */
    public List<Example.Pair> pairs() {
        var examples = new ArrayList<Example.Pair>();
        for (var entry : entries) {
            var images = entry.texts("images");
            var sentence = entry.text("sentence", "caption", "text");
            var label = entry.text("label").toLowerCase(Locale.ROOT);
            if (images.size() == 2
                    && !sentence.isEmpty()
                    && Set.of("true", "false", "1", "0").contains(label)) {
                boolean truth = label.equals("true") || label.equals("1");
                examples.add(new Example.Pair(
                        entry.key, entry.picture(images.get(0)), entry.picture(images.get(1)), sentence, truth));
            }
        }
        return checked(examples, "pairs (two \"images\", a \"sentence\" and a \"label\" true or false)");
    }

    /** For categories. */
    public List<Example.Labelled> labelled() {
        var examples = new ArrayList<Example.Labelled>();
        for (var entry : entries) {
            var label = entry.text("label");
            // Two pictures with a label are a pair, and no category.
            if (!label.isEmpty() && !entry.json.has("images")) {
                examples.add(new Example.Labelled(
                        entry.key, entry.picture(), entry.text("sentence", "caption", "text"), label));
            }
        }
        return checked(examples, "categories (a sub-folder for each, or \"label\")");
    }

    private <E> List<E> checked(List<E> examples, String what) {
        if (examples.isEmpty()) {
            throw new MedleyException(source + ": " + entries.size() + " entries, but none with " + what);
        }
        return examples;
    }
}
