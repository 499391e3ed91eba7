package io.medley.data;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Rows 0 … size - 1, each its own value; some broken. */
record Numbers(String name, long size, Set<Long> broken) implements Dataset.Indexed<Sample> {
    Numbers(String name, long size) {
        this(name, size, ConcurrentHashMap.newKeySet());
    }

    @Override
    public Row<Sample> get(long row) {
        var place = new Place(name, row);
        String key = name + row;
        return broken.contains(row)
                ? new Row.Broken<>(place, key, "hurt")
                : new Row.Good<>(
                        place,
                        key,
                        new Sample(
                                key,
                                new EncodedImage("jpg", new byte[] {1}),
                                java.util.List.of("x".repeat((int) (row * 7 % 11))),
                                DataJson.MAPPER.createObjectNode()));
    }
}
