package io.medley.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pictures in files and their texts. A row is a picture with all its texts, or after {@link #perText()} with one of them.
 *
 * <p>The texts and metadata are in memory, the pictures are not.
 */
public final class ImageTexts implements Dataset.Indexed<Sample> {
    private static final String NO_TEXT = "has no text";

    /** What the annotations say of a picture; {@code problem} is empty if it can be used. */
    record Entry(String key, String image, List<String> texts, ObjectNode metadata, String problem) {
        static Entry broken(String key, String problem) {
            return new Entry(key, "", List.of(), DataJson.MAPPER.createObjectNode(), problem);
        }

        /** A picture without a text: of no use where texts are asked for, see {@link #textOptional}. */
        static Entry textless(String key, String image, ObjectNode metadata) {
            return new Entry(key, image, List.of(), metadata, NO_TEXT);
        }

        /** A picture whose row is of use to those who ask it something else than its texts, or no picture at all. */
        Entry describing() {
            return metadata.isEmpty() ? textOptional() : new Entry(key, image, texts, metadata, "");
        }

        /** The same, usable also without a text. */
        Entry textOptional() {
            return problem.equals(NO_TEXT) ? new Entry(key, image, texts, metadata, "") : this;
        }
    }

    private final List<Entry> entries;
    private final ImageStore images;
    private final ListedRows<Sample> rows;

    ImageTexts(String name, List<Entry> entries, ImageStore images) {
        this.entries = entries;
        this.images = images;
        List<ListedRows.Item<Sample>> items = new ArrayList<>();
        for (Entry entry : entries) {
            items.add(
                    entry.problem.isEmpty()
                            ? new ListedRows.Item<>(entry.key, () -> read(entry))
                            : ListedRows.Item.broken(entry.key, entry.problem));
        }
        this.rows = new ListedRows<>(name, items);
    }

    private Sample read(Entry entry) throws IOException {
        return new Sample(entry.key, images.read(entry.image), entry.texts, entry.metadata.deepCopy());
    }

    /** What the annotations say. */
    List<Entry> entries() {
        return entries;
    }

    /** The same with a row for each text, as for training; its key gets {@code #} and the text's number. */
    public ImageTexts perText() {
        List<Entry> single = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.texts.size() < 2) {
                single.add(entry);
            }
            for (int i = 0; entry.texts.size() > 1 && i < entry.texts.size(); i++) {
                List<String> text = List.of(entry.texts.get(i));
                single.add(new Entry(entry.key + "#" + i, entry.image, text, entry.metadata, entry.problem));
            }
        }
        return new ImageTexts(name(), single, images);
    }

    /** The first so many rows. */
    public ImageTexts head(long rows) {
        return new ImageTexts(name(), entries.subList(0, Math.toIntExact(rows)), images);
    }

    /** A row's name in the data set, known without reading its picture. */
    public String key(long row) {
        return entries.get(Math.toIntExact(row)).key;
    }

    /** A row's texts, likewise; none for a row that is known to be of no use. */
    public List<String> texts(long row) {
        return entries.get(Math.toIntExact(row)).texts;
    }

    @Override
    public String name() {
        return rows.name();
    }

    @Override
    public long size() {
        return rows.size();
    }

    @Override
    public Row<Sample> get(long row) {
        return rows.get(row);
    }
}
