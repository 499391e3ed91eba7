package io.medley.evaluate;

import io.medley.image.Images;
import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Examples as people keep them. A folder of pictures with a text file beside each ({@code x.jpg}, {@code x.txt}; one caption a line), or with
 * pictures in a sub-folder for each category; a JSON file in Karpathy's format ({@code images}, {@code sentences}, {@code split}), as {@code
 * medley scenes} writes it; a JSON list or a JSONL file of objects, as BLIP's own annotations are. Objects may hold
 *
 * <ul>
 *   <li>{@code image} (a path, relative to the file), or {@code images}, two of them;
 *   <li>{@code caption}, {@code captions} or {@code text};
 *   <li>{@code question} with {@code answer} or {@code answers}, and {@code type};
 *   <li>{@code sentence} with {@code label}, true or false; {@code label} alone for categories; {@code domain}; {@code split}.
 * </ul>
 */
public final class ExampleFiles {
    private static final long LARGEST = 2L << 30;
    private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff");

    /** One object of the data, whatever form it came in. */
    private record Entry(String key, Path folder, JsonNode json) {
        String text(String... names) {
            for (var name : names) {
                if (json.path(name).isValueNode()) {
                    return json.path(name).asString("").strip();
                }
            }
            return "";
        }

        /** All strings under any of these names; objects of Karpathy's sentences give their raw text. */
        List<String> texts(String... names) {
            for (var name : names) {
                var node = json.path(name);
                if (node.isArray()) {
                    return node.valueStream()
                            .map(value -> value.isObject() ? value.path("raw").asString("") : value.asString(""))
                            .map(String::strip)
                            .filter(text -> !text.isEmpty())
                            .toList();
                }
            }
            var single = text(names);
            return single.isEmpty() ? List.of() : List.of(single);
        }

        Picture picture(String path) {
            if (path.isEmpty()) {
                throw new MedleyException(key + ": names no picture; give it as \"image\"");
            }
            try {
                return new PictureFile(folder.resolve(path));
            } catch (InvalidPathException e) {
                throw new MedleyException(key + ": its picture is no usable path", e);
            }
        }

        Picture picture() {
            var file = text("filename");
            var path = text("filepath");
            return picture(file.isEmpty() ? text("image", "file", "path") : path.isEmpty() ? file : path + "/" + file);
        }
    }

    private record PictureFile(Path file) implements Picture {
        @Override
        public String name() {
            return file.toString();
        }

        @Override
        public RgbImage load() {
            return Images.read(file);
        }
    }

    private final Path path;
    private final List<Entry> entries;

    private ExampleFiles(Path path, List<Entry> entries) {
        this.path = path;
        this.entries = entries;
    }

    /**
     * Reads what there is, but no picture.
     *
     * @param split only entries of this split; all when empty
     * @throws MedleyException when there is nothing, or it is damaged
     */
    public static ExampleFiles open(Path path, String split) {
        if (!Files.exists(path)) {
            throw new MedleyException(path + ": no such file or directory");
        }
        try {
            var all = Files.isDirectory(path) ? folder(path) : file(path);
            var chosen = all.stream()
                    .filter(entry -> split.isEmpty() || entry.text("split").equals(split))
                    .toList();
            if (chosen.isEmpty()) {
                throw new MedleyException(
                        all.isEmpty()
                                ? path + ": no examples; expected pictures with a .txt beside each, sub-folders of"
                                        + " pictures, or a .json or .jsonl file"
                                : path + ": none of " + all.size() + " entries is of split '" + split + "'");
            }
            return new ExampleFiles(path, chosen);
        } catch (IOException | UncheckedIOException e) {
            throw new MedleyException(path + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static List<Entry> file(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new MedleyException(file + ": larger than 2 GB; split it");
        }
        var folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        var entries = new ArrayList<Entry>();
        if (file.toString().endsWith(".jsonl")) {
            int line = 0;
            for (var text : Files.readAllLines(file)) {
                line++;
                if (!text.isBlank()) {
                    entries.add(entry(folder, parse(file + " line " + line, text), line));
                }
            }
            return entries;
        }
        var json = parse(file.toString(), Files.readString(file));
        var list = json.isObject() ? json.path("images") : json;
        if (!list.isArray()) {
            throw new MedleyException(file + ": neither a list of objects nor Karpathy's format with \"images\"");
        }
        for (var node : list) {
            entries.add(entry(folder, node, entries.size() + 1));
        }
        return entries;
    }

    private static Entry entry(Path folder, JsonNode json, int number) {
        for (var name : List.of("key", "question_id", "id", "imgid", "image_id", "filename", "image")) {
            if (json.path(name).isValueNode()) {
                return new Entry(json.path(name).asString(), folder, json);
            }
        }
        return new Entry(Integer.toString(number), folder, json);
    }

    private static JsonNode parse(String source, String text) {
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new MedleyException(source + ": is not JSON (" + e.getOriginalMessage() + ")", e);
        }
    }

    private static List<Entry> folder(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        var annotations = files.stream()
                .filter(file -> folder.equals(file.getParent()))
                .filter(file -> String.valueOf(file.getFileName()).matches("dataset.*\\.json|.*\\.jsonl"))
                .toList();
        if (annotations.size() == 1) {
            return file(annotations.get(0));
        }
        if (annotations.size() > 1) {
            throw new MedleyException(folder + ": holds several annotation files ("
                    + annotations.get(0).getFileName() + ", "
                    + annotations.get(1).getFileName()
                    + " …); give one of them instead of the folder");
        }
        var entries = new ArrayList<Entry>();
        for (var file : files) {
            var name = String.valueOf(file.getFileName());
            int dot = name.lastIndexOf('.');
            if (dot > 0 && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT))) {
                entries.add(pictureEntry(folder, file, name.substring(0, dot)));
            }
        }
        return entries;
    }

    private static Entry pictureEntry(Path folder, Path file, String stem) throws IOException {
        var relative = folder.relativize(file);
        var json = JsonMapper.shared().createObjectNode();
        json.put("image", relative.toString());
        var text = file.resolveSibling(stem + ".txt");
        if (Files.isRegularFile(text)) {
            Files.readString(text).lines().forEach(json.putArray("captions")::add);
        }
        if (relative.getNameCount() > 1) {
            json.put("label", relative.getName(0).toString());
        }
        return new Entry(relative.toString(), folder, json);
    }

    /** For captions and retrieval: entries that have a text; the others are left out. */
    public List<Example.Captioned> captioned() {
        var examples = new ArrayList<Example.Captioned>();
        for (var entry : entries) {
            var texts = entry.texts("sentences", "captions", "caption", "text");
            if (!texts.isEmpty()) {
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
                    add(examples, entry, new Entry(entry.key + "#" + ++number, entry.folder, node));
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
            throw new MedleyException(path + ": " + entries.size() + " entries, but none with " + what);
        }
        return examples;
    }
}
