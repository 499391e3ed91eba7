package io.medley.data;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.util.List;

/** Rows of which the texts are in memory and the pictures are read when asked for. */
record ListedRows<T>(String name, List<Item<T>> items) implements Dataset.Indexed<T> {
    /** How to read a row. */
    @FunctionalInterface
    interface Reading<T> {
        T read() throws IOException;
    }

    /** A row to be. */
    record Item<T>(String key, Reading<T> reading) {
        /** A row that is known to be of no use. */
        static <T> Item<T> broken(String key, String reason) {
            return new Item<>(key, () -> {
                throw new MedleyException(reason);
            });
        }
    }

    ListedRows {
        items = List.copyOf(items);
    }

    @Override
    public long size() {
        return items.size();
    }

    @Override
    public Row<T> get(long row) {
        Item<T> item = items.get(Math.toIntExact(row));
        var place = new Place(name, row);
        try {
            return new Row.Good<>(place, item.key(), item.reading().read());
        } catch (IOException | MedleyException e) {
            String reason = e instanceof MedleyException ? e.getMessage() : e.toString();
            return new Row.Broken<>(place, item.key(), String.valueOf(reason));
        }
    }
}
