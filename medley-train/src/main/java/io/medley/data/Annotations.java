package io.medley.data;

import io.medley.checkpoint.Quote;
import io.medley.data.ImageTexts.Entry;
import io.medley.data.ReasoningReaders.Described;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * What files say of pictures, in whatever form they say it, and without reading the pictures: tar shards, Karpathy's and COCO's captions and
 * nocaps, VQAv2, NLVR2, Flickr30k, arrays and lines of JSON, tables, Parquet, and folders of pictures. For all that asks a row several things
 * at once, such as an evaluation; what is only read from front to back reads a {@link Dataset}.
 *
 * @param name what the user wrote
 * @param rows in their order, those that cannot be read included
 * @param shards whether they come from shards, where some rows are damaged as a rule
 */
public record Annotations(String name, List<Row> rows, boolean shards) {
    private static final Pattern SHARD = Pattern.compile(".*\\.(tar|tar\\.gz|tgz)([?#].*)?", Pattern.CASE_INSENSITIVE);
    private static final String SHARDS = "*.{tar,tar.gz,tgz}";
    private static final int DEEPEST = 64;

    /** Pictures of shards stay in memory; so large a part of it may they fill. */
    private static final int SHARE_OF_MEMORY = 3;

    /** A picture that is read when it is asked for. */
    public interface StoredPicture {
        /** Its file or address, or the shard and the key it has there. */
        String name();

        /** Its file where it is one of this machine. */
        Optional<Path> file();

        /**
         * Reads it.
         *
         * @throws IOException if that fails
         * @throws MedleyException if there is no such picture, or it is not to be read
         */
        EncodedImage read() throws IOException;
    }

    /** Finds pictures by what a row calls them. */
    @FunctionalInterface
    public interface Pictures {
        /** The picture of this name, whether there is one or not. */
        StoredPicture named(String name);
    }

    /**
     * What is said of a picture, or of several.
     *
     * @param key the row's name in its file
     * @param image what the row calls its picture; empty where it names none, or several
     * @param texts captions or alt-texts; none for rows of other kinds
     * @param object everything, in the terms of BLIP's own annotations: {@code image} or {@code images}, {@code question} and {@code answer},
     *     {@code sentence} and {@code label}, {@code split}, {@code domain} …
     * @param problem why the row cannot be read; empty if it can
     * @param pictures those it names
     */
    public record Row(
            String key, String image, List<String> texts, ObjectNode object, String problem, Pictures pictures) {}

    public Annotations {
        rows = List.copyOf(rows);
    }

    /**
     * Reads everything but the pictures (those of shards too, which have no other place).
     *
     * @param source a file or folder; a question file of VQAv2 finds its annotations beside it, or after {@code ::}; or shards, as
     *     {@link ShardSet#mixture} takes them
     * @throws MedleyException when it is not there or of no known form
     */
    public static Annotations open(String source, RemoteFiles remote) {
        var parts = SourcePatterns.split(source);
        if (parts.stream().allMatch(part -> SHARD.matcher(part).matches())) {
            return shards(source, remote);
        }
        try {
            var path = Path.of(parts.get(0));
            if (!Files.exists(path)) {
                throw new MedleyException(parts.get(0) + ": no such file or directory");
            }
            if (parts.size() > 1) {
                return new Annotations(source, questions(path, Path.of(second(parts)), remote), false);
            }
            if (!Files.isDirectory(path)) {
                return new Annotations(source, file(path, remote), false);
            }
            return holdsShards(path) ? shards(source, remote) : new Annotations(source, folder(path, remote), false);
        } catch (InvalidPathException e) {
            throw new MedleyException(Quote.of(source) + ": is no path", e);
        }
    }

    private static String second(List<String> parts) {
        if (parts.size() != 2) {
            throw new MedleyException(
                    String.join("::", parts) + ": only shards are joined, and a question file with its annotations");
        }
        return parts.get(1);
    }

    private static boolean holdsShards(Path folder) {
        try (DirectoryStream<Path> shards = Files.newDirectoryStream(folder, SHARDS)) {
            return shards.iterator().hasNext();
        } catch (IOException e) {
            throw new MedleyException(folder + ": cannot be listed (" + e + "); check the path", e);
        }
    }

    private static List<Row> file(Path file, RemoteFiles remote) {
        var lower = file.toString().toLowerCase(Locale.ROOT);
        var unread = ImageStore.at("", remote); // rows are looked at, their pictures found by pictures()
        if (lower.endsWith(".jsonl")) {
            return captioned(file, CaptionReaders.json(file, unread), remote);
        }
        if (lower.endsWith(".csv") || lower.endsWith(".tsv")) {
            return captioned(file, CaptionReaders.csv(file, unread), remote);
        }
        if (lower.endsWith(".parquet")) {
            return captioned(file, CaptionReaders.parquet(file, unread), remote);
        }
        if (lower.endsWith(".token")) {
            return captioned(file, CaptionReaders.flickr30k(file, unread), remote);
        }
        var names = AnnotationFile.names(file);
        if (names.contains("questions")) {
            return questions(file, answers(file), remote);
        }
        if (names.contains("annotations") && names.contains("images")) {
            return captioned(file, CaptionReaders.coco(file, unread), remote);
        }
        if (names.contains("images")) {
            return captioned(file, CaptionReaders.karpathy(file, Set.of(), unread), remote);
        }
        if (names.contains("identifier")) {
            return described(ReasoningReaders.pairs(file), pictures(folderOf(file), remote));
        }
        if (names.contains("")) {
            return captioned(file, CaptionReaders.json(file, unread), remote);
        }
        throw new MedleyException(file
                + ": neither a list of objects nor Karpathy's, COCO's, VQAv2's or NLVR2's format; see docs/data.md");
    }

    /** {@code v2_OpenEnded_mscoco_val2014_questions.json} → {@code v2_mscoco_val2014_annotations.json}. */
    private static Path answers(Path questions) {
        var name = String.valueOf(questions.getFileName());
        var expected = questions.resolveSibling(name.replace("OpenEnded_", "").replace("questions", "annotations"));
        if (!Files.exists(expected) || expected.equals(questions)) {
            throw new MedleyException(questions + ": holds questions without answers; give both files as "
                    + "QUESTIONS.json::ANNOTATIONS.json");
        }
        return expected;
    }

    private static List<Row> questions(Path questions, Path annotations, RemoteFiles remote) {
        return described(
                ReasoningReaders.questions(questions, Optional.of(annotations)), pictures(folderOf(questions), remote));
    }

    private static List<Row> described(List<Described> rows, Pictures pictures) {
        return rows.stream()
                .map(row -> new Row(
                        row.key(),
                        AnnotationFile.text(row.object(), "image"),
                        List.of(),
                        row.object(),
                        row.problem(),
                        pictures))
                .toList();
    }

    private static List<Row> captioned(Path file, ImageTexts texts, RemoteFiles remote) {
        return rows(texts.entries(), pictures(folderOf(file), remote));
    }

    private static List<Row> rows(List<Entry> entries, Pictures pictures) {
        return entries.stream()
                .map(Entry::describing)
                .map(entry ->
                        new Row(entry.key(), entry.image(), entry.texts(), entry.metadata(), entry.problem(), pictures))
                .toList();
    }

    /** Pictures with texts beside them; those in sub-folders have the name of the first as their {@code label}. */
    private static List<Row> folder(Path folder, RemoteFiles remote) {
        var annotations = annotationFiles(folder);
        if (annotations.size() == 1) {
            return file(annotations.get(0), remote);
        }
        if (annotations.size() > 1) {
            throw new MedleyException(folder + ": holds several annotation files ("
                    + annotations.get(0).getFileName() + ", "
                    + annotations.get(1).getFileName()
                    + " …); give one of them instead of the folder");
        }
        var entries = new ArrayList<Entry>();
        for (var picture : Entries.pictures(folder, DEEPEST)) {
            var entry = Entries.beside(folder, picture, String::lines).textOptional();
            var relative = folder.relativize(picture);
            if (entry.problem().isEmpty()) {
                entry.metadata().put("image", relative.toString());
            }
            if (entry.problem().isEmpty() && relative.getNameCount() > 1) {
                entry.metadata().put("label", relative.getName(0).toString());
            }
            entries.add(entry);
        }
        return rows(entries, pictures(folder, remote));
    }

    private static List<Path> annotationFiles(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).matches("dataset.*\\.json|.*\\.jsonl"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new MedleyException(folder + ": cannot be listed (" + e + "); check the path", e);
        }
    }

    private static Path folderOf(Path file) {
        return file.toAbsolutePath().resolveSibling("");
    }

    private static Pictures pictures(Path folder, RemoteFiles remote) {
        return name -> new PictureFile(folder, name, remote);
    }

    /** A picture beside its annotations, anywhere by an absolute path, or at an address. */
    private record PictureFile(Path folder, String image, RemoteFiles remote) implements StoredPicture {
        @Override
        public String name() {
            return file().map(Path::toString).orElse(image);
        }

        @Override
        public Optional<Path> file() {
            try {
                return RemoteFiles.isAddress(image) ? Optional.empty() : Optional.of(folder.resolve(image));
            } catch (InvalidPathException e) {
                throw new MedleyException("picture " + Quote.of(image) + " is no usable path", e);
            }
        }

        @Override
        public EncodedImage read() throws IOException {
            return PictureList.image(folder, image, remote);
        }
    }

    private static Annotations shards(String source, RemoteFiles remote) {
        var files = SourcePatterns.split(source).stream()
                .flatMap(part -> SourcePatterns.expand(part).stream())
                .toList();
        var set = new ShardSet(source, files, ShardOptions.DEFAULT.textOptional(), remote);
        long most = Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY;
        long bytes = 0;
        var rows = new ArrayList<Row>();
        for (int shard = 0; shard < set.shards(); shard++) {
            try (var samples = set.open(shard)) {
                while (samples.hasNext()) {
                    var row = row(set.shard(shard), samples.next());
                    rows.add(row);
                    bytes += row.problem().isEmpty() ? size(row) : 0;
                    if (bytes > most) {
                        throw new MedleyException(source + ": holds more than " + (most >> 20)
                                + " MB of pictures, which stay in memory here; unpack the shards into a folder, give"
                                + " fewer, or a larger heap");
                    }
                }
            }
        }
        return new Annotations(source, rows, true);
    }

    private static Row row(String shard, io.medley.data.Row<Sample> row) {
        if (row instanceof io.medley.data.Row.Good<Sample> good) {
            var sample = good.value();
            var held = new Held(shard + " " + sample.key(), sample.image());
            return new Row(sample.key(), sample.key(), sample.texts(), sample.metadata(), "", name -> held);
        }
        var broken = (io.medley.data.Row.Broken<Sample>) row;
        var reason = broken.place() + ": " + broken.reason();
        return new Row(broken.key(), "", List.of(), DataJson.MAPPER.createObjectNode(), reason, name -> {
            throw new MedleyException(reason);
        });
    }

    private static long size(Row row) {
        return row.pictures().named(row.image()) instanceof Held held ? held.image.bytes().length : 0;
    }

    /** A picture of a shard. */
    private record Held(String name, EncodedImage image) implements StoredPicture {
        @Override
        public Optional<Path> file() {
            return Optional.empty();
        }

        @Override
        public EncodedImage read() {
            return image;
        }
    }
}
