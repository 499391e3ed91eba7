package io.medley.data;

import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.CloseableIterator;
import io.medley.data.ImageTexts.Entry;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/** Annotation formats of pictures with captions. Fields that are neither picture nor text become the samples' metadata. */
public final class CaptionReaders {
    /** Names under which pictures and texts go, the first found counts: those of BLIP and LAVIS, open_clip, img2dataset and LAION. */
    private static final List<String> IMAGE =
            List.of("image", "filepath", "image_path", "file_name", "filename", "path", "url", "URL");

    private static final List<String> TEXT =
            List.of("caption", "captions", "text", "texts", "sentence", "title", "TEXT", "alt_text");
    private static final List<String> KEY = List.of("key", "id", "image_id");

    private CaptionReaders() {}

    /**
     * Karpathy's splits ({@code dataset_coco.json}, {@code dataset_flickr30k.json}), one row a picture.
     *
     * @param splits such as {@code train} and {@code restval}, or none for all
     * @param images where {@code filepath/filename} leads to
     */
    public static ImageTexts karpathy(Path json, Set<String> splits, ImageStore images) {
        List<Entry> entries = new ArrayList<>();
        AnnotationFile.each(json, Set.of("images"), (array, image) -> {
            if (!splits.isEmpty() && !splits.contains(AnnotationFile.text(image, "split"))) {
                return;
            }
            String folder = AnnotationFile.text(image, "filepath");
            String file = AnnotationFile.text(image, "filename");
            List<String> texts = new ArrayList<>();
            image.path("sentences").forEach(sentence -> texts.add(AnnotationFile.text(sentence, "raw")));
            image.remove("sentences");
            entries.add(entry(stem(file), folder.isEmpty() ? file : folder + "/" + file, texts, image));
        });
        return rows(json, entries, images);
    }

    /**
     * COCO's caption annotations and nocaps', which have the same form: {@code images} and {@code annotations}. What is known of a picture,
     * nocaps' {@code domain} for example, is its metadata. Without annotations (test sets), pictures have no texts.
     */
    public static ImageTexts coco(Path json, ImageStore images) {
        Map<String, ObjectNode> pictures = new LinkedHashMap<>();
        Map<String, List<String>> captions = new LinkedHashMap<>();
        AnnotationFile.each(json, Set.of("images", "annotations"), (array, node) -> {
            if (array.equals("images")) {
                pictures.put(AnnotationFile.text(node, "id"), node);
            } else if (array.equals("annotations")) {
                captions.computeIfAbsent(AnnotationFile.text(node, "image_id"), id -> new ArrayList<>())
                        .add(AnnotationFile.text(node, "caption"));
            }
        });
        List<Entry> entries = new ArrayList<>();
        pictures.forEach((id, node) -> {
            List<String> texts = captions.getOrDefault(id, List.of());
            entries.add(
                    texts.isEmpty() && !captions.isEmpty()
                            ? Entry.broken(id, "no caption for this picture")
                            : new Entry(id, AnnotationFile.text(node, "file_name"), List.copyOf(texts), node, ""));
        });
        return rows(json, entries, images);
    }

    /**
     * An array of objects, or a line for each ({@code .jsonl}): BLIP's and LAVIS' annotations and most people's own. The picture is in
     * {@code image}, {@code filepath} or {@code url}, the text, or a list of them, in {@code caption} or {@code text}, among others.
     */
    public static ImageTexts json(Path file, ImageStore images) {
        List<Entry> entries = new ArrayList<>();
        if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".jsonl")) {
            AnnotationFile.each(file, Set.of(), (array, node) -> entries.add(named(node, entries.size())));
            return rows(file, entries, images);
        }
        AnnotationFile.lines(file, (line, number) -> {
            String key = "line " + number;
            try {
                JsonNode node = DataJson.MAPPER.readTree(line);
                entries.add(
                        node instanceof ObjectNode object
                                ? named(object, entries.size())
                                : Entry.broken(key, "JSON of kind " + DataJson.kind(node) + ", expected an object"));
            } catch (JacksonException e) {
                entries.add(Entry.broken(key, "no JSON: " + DataJson.reason(e)));
            }
        });
        return rows(file, entries, images);
    }

    /** A table with a header line, separated by commas, or by tabs if its name ends with {@code .tsv}; columns named as in {@link #json}. */
    public static ImageTexts csv(Path file, ImageStore images) {
        boolean tabs = file.toString().toLowerCase(Locale.ROOT).endsWith(".tsv");
        CsvSchema schema = CsvSchema.emptySchema().withHeader().withColumnSeparator(tabs ? '\t' : ',');
        List<Entry> entries = new ArrayList<>();
        try (MappingIterator<ObjectNode> lines =
                new CsvMapper().readerFor(ObjectNode.class).with(schema).readValues(file.toFile())) {
            while (lines.hasNext()) {
                entries.add(named(lines.next(), entries.size()));
            }
        } catch (JacksonException e) {
            throw new MedleyException(
                    file + ": cannot be read as a table after " + entries.size() + " rows (" + DataJson.reason(e)
                            + "); check its quotes and its header",
                    e);
        }
        return rows(file, entries, images);
    }

    /** A Parquet table, as LAION's and img2dataset's metadata; columns named as in {@link #json}. */
    public static ImageTexts parquet(Path file, ImageStore images) {
        List<Entry> entries = new ArrayList<>();
        try (CloseableIterator<Map> rows = new CarpetReader<>(file.toFile(), Map.class).iterator()) {
            while (rows.hasNext()) {
                ObjectNode node = DataJson.MAPPER.valueToTree(rows.next());
                entries.add(named(node, entries.size()));
            }
        } catch (IOException | RuntimeException e) {
            throw new MedleyException(
                    file + ": cannot be read as Parquet (" + e.getMessage() + "); check that it is whole", e);
        }
        return rows(file, entries, images);
    }

    /** Flickr30k's own {@code results_20130124.token}: {@code 1000092795.jpg#0}, a tab, a caption; five lines a picture. */
    public static ImageTexts flickr30k(Path tokens, ImageStore images) {
        Map<String, List<String>> captions = new LinkedHashMap<>();
        List<Entry> broken = new ArrayList<>();
        AnnotationFile.lines(tokens, (line, number) -> {
            int tab = line.indexOf('\t');
            int mark = line.lastIndexOf('#', Math.max(0, tab));
            if (tab < 1 || mark < 1) {
                broken.add(Entry.broken("line " + number, "expected NAME.jpg#NUMBER, a tab and a caption"));
            } else {
                captions.computeIfAbsent(line.substring(0, mark), image -> new ArrayList<>())
                        .add(line.substring(tab + 1).strip());
            }
        });
        List<Entry> entries = new ArrayList<>();
        captions.forEach(
                (image, texts) -> entries.add(entry(stem(image), image, texts, DataJson.MAPPER.createObjectNode())));
        entries.addAll(broken);
        return rows(tokens, entries, images);
    }

    /** A folder of {@code x.jpg} with {@code x.txt} beside it, every line of which is a text of its own; sorted by name. */
    public static ImageTexts folder(Path folder) {
        List<Path> pictures;
        try (Stream<Path> files = Files.list(folder)) {
            pictures = files.filter(file -> isPicture(file)).sorted().toList();
        } catch (IOException e) {
            throw new MedleyException(folder + ": cannot be listed (" + e + "); give a folder of pictures", e);
        }
        List<Entry> entries = new ArrayList<>();
        for (Path picture : pictures) {
            String name = picture.getFileName().toString();
            String key = name.substring(0, name.lastIndexOf('.'));
            entries.add(beside(folder.resolve(key + ".txt"), key, name));
        }
        return rows(folder, entries, ImageStore.at(folder.toString(), new RemoteFiles()));
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".")
                && SampleParts.IMAGES.contains(
                        name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    private static Entry beside(Path text, String key, String picture) {
        int limit = ShardOptions.DEFAULT.maxTextBytes();
        try {
            if (!Files.isRegularFile(text) || Files.size(text) > limit) {
                return Entry.broken(key, "no text " + text.getFileName() + " of at most " + limit + " bytes beside it");
            }
            List<String> lines = Texts.decode(Files.readAllBytes(text))
                    .lines()
                    .map(String::strip)
                    .toList();
            return entry(key, picture, lines, DataJson.MAPPER.createObjectNode());
        } catch (java.nio.charset.CharacterCodingException e) {
            return Entry.broken(key, "its text is not UTF-8");
        } catch (IOException e) {
            return Entry.broken(key, "its text cannot be read: " + e);
        }
    }

    /** Takes picture, texts and key from whatever they are called. */
    private static Entry named(ObjectNode node, int number) {
        String image = "";
        for (int i = 0; i < IMAGE.size() && image.isEmpty(); i++) {
            image = AnnotationFile.text(node, IMAGE.get(i));
        }
        List<String> texts = List.of();
        for (int i = 0; i < TEXT.size() && texts.isEmpty(); i++) {
            texts = texts(node.path(TEXT.get(i)));
        }
        String key = "";
        for (int i = 0; i < KEY.size() && key.isEmpty(); i++) {
            key = AnnotationFile.text(node, KEY.get(i));
        }
        return entry(key.isEmpty() ? String.valueOf(number) : key, image, texts, node);
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(one -> texts.add(one.asString("").strip()));
        } else if (node.isString()) {
            texts.add(node.asString().strip());
        }
        return texts;
    }

    private static Entry entry(String key, String image, List<String> texts, ObjectNode metadata) {
        List<String> said = texts.stream().filter(text -> !text.isEmpty()).toList();
        if (image.isEmpty()) {
            return Entry.broken(key, "names no picture (in " + String.join(", ", IMAGE) + ")");
        }
        return said.isEmpty() ? Entry.broken(key, "has no text") : new Entry(key, image, said, metadata, "");
    }

    private static String stem(String file) {
        int dot = file.lastIndexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }

    private static ImageTexts rows(Path file, List<Entry> entries, ImageStore images) {
        return new ImageTexts(file.toString(), entries, images);
    }
}
