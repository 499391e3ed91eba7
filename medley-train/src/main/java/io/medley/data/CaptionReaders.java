package io.medley.data;

import io.medley.data.ImageTexts.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Annotation formats of pictures with captions. Fields that are neither picture nor text become the samples' metadata. */
public final class CaptionReaders {
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
            entries.add(Entries.entry(stem(file), folder.isEmpty() ? file : folder + "/" + file, texts, image));
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
                            ? new Entry(
                                    id,
                                    AnnotationFile.text(node, "file_name"),
                                    List.of(),
                                    node,
                                    "no caption for this picture")
                            : new Entry(id, AnnotationFile.text(node, "file_name"), List.copyOf(texts), node, ""));
        });
        return rows(json, entries, images);
    }

    /**
     * An array of objects, or a line for each ({@code .jsonl}): BLIP's and LAVIS' annotations and most people's own. The picture is in
     * {@code image}, {@code filepath} or {@code url}, the text, or a list of them, in {@code caption} or {@code text}, among others.
     */
    public static ImageTexts json(Path file, ImageStore images) {
        if (file.toString().toLowerCase(Locale.ROOT).endsWith(".jsonl")) {
            return rows(file, Entries.lines(file), images);
        }
        List<Entry> entries = new ArrayList<>();
        AnnotationFile.each(file, Set.of(), (array, node) -> entries.add(Entries.named(node, entries.size())));
        return rows(file, entries, images);
    }

    /** A table with a header line, separated by commas, or by tabs if its name ends with {@code .tsv}; columns named as in {@link #json}. */
    public static ImageTexts csv(Path file, ImageStore images) {
        return rows(file, Entries.table(file), images);
    }

    /** A Parquet table, as LAION's and img2dataset's metadata; columns named as in {@link #json}. */
    public static ImageTexts parquet(Path file, ImageStore images) {
        return rows(file, Entries.parquet(file), images);
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
        captions.forEach((image, texts) ->
                entries.add(Entries.entry(stem(image), image, texts, DataJson.MAPPER.createObjectNode())));
        entries.addAll(broken);
        return rows(tokens, entries, images);
    }

    /** A folder of {@code x.jpg} with {@code x.txt} beside it, every line of which is a text of its own; sorted by name. */
    public static ImageTexts folder(Path folder) {
        List<Entry> entries = new ArrayList<>();
        for (Path picture : Entries.pictures(folder, 1)) {
            entries.add(Entries.beside(folder, picture, String::lines));
        }
        return rows(folder, entries, ImageStore.at(folder.toString(), new RemoteFiles()));
    }

    private static String stem(String file) {
        int dot = file.lastIndexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }

    private static ImageTexts rows(Path file, Entries lines, ImageStore images) {
        List<Entry> entries = new ArrayList<>();
        try (lines) {
            lines.forEachRemaining(entries::add);
        }
        return rows(file, entries, images);
    }

    private static ImageTexts rows(Path file, List<Entry> entries, ImageStore images) {
        return new ImageTexts(file.toString(), entries, images);
    }
}
