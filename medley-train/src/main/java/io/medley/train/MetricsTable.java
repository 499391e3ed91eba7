package io.medley.train;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** A metrics file as columns of numbers; NaN where a line has none of that name. */
final class MetricsTable {
    private final Map<String, List<Double>> columns = new LinkedHashMap<>();
    private int rows;

    private MetricsTable() {}

    static MetricsTable read(Path file) throws IOException {
        var table = new MetricsTable();
        try (var lines = Files.newBufferedReader(file)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                table.add(line, file);
            }
        }
        return table;
    }

    private void add(String line, Path file) {
        try {
            JsonMapper.shared().readTree(line).properties().forEach(field -> {
                var column = columns.computeIfAbsent(field.getKey(), name -> new ArrayList<>());
                fill(column);
                column.add(field.getValue().asDouble(Double.NaN));
            });
        } catch (JacksonException e) {
            throw new MedleyException(
                    file + ": line " + (rows + 1) + " is not JSON (" + e.getOriginalMessage() + ")", e);
        }
        rows++;
        columns.values().forEach(this::fill);
    }

    private void fill(List<Double> column) {
        while (column.size() < rows) {
            column.add(Double.NaN);
        }
    }

    int rows() {
        return rows;
    }

    List<String> names() {
        return List.copyOf(columns.keySet());
    }

    List<Double> column(String name) {
        return Objects.requireNonNull(columns.get(name), name);
    }
}
