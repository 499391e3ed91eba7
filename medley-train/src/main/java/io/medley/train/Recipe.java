package io.medley.train;

import io.medley.NearNames;
import io.medley.tensor.MedleyException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A training written down: a YAML file that names its kind and changes some of the kind's settings. The comment lines it begins with say how
 * long it takes, how much memory it needs and what comes out.
 *
 * @param source where it is from, for messages
 * @param kind what is trained
 * @param settings every setting, defaults included, and {@code kind}
 * @param about its first comment lines
 */
public record Recipe(String source, RecipeKind kind, ObjectNode settings, List<String> about) {
    private static final String KIND = "kind";
    private static final int LONGEST = 1 << 20;
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonMapper RECORDS = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .build();

    /**
     * Reads a recipe.
     *
     * @param changes {@code a.b} → YAML value, as {@code --set a.b=value} gives them
     * @throws MedleyException when it is no YAML, its kind or a setting is unknown (with near names), or a value is of the wrong type
     */
    public static Recipe parse(String yaml, String source, Map<String, String> changes, Collection<RecipeKind> kinds) {
        if (yaml.length() > LONGEST) {
            throw new MedleyException(source + ": " + yaml.length() + " characters are no recipe; at most " + LONGEST);
        }
        if (!(tree(yaml, source) instanceof ObjectNode given)) {
            throw new MedleyException(source + ": is no recipe; it needs lines like 'kind: …' and 'steps: 60'");
        }
        var kind = kind(given, source, kinds);
        given.remove(KIND);
        var settings = JsonMapper.shared().createObjectNode().put(KIND, kind.name());
        settings.setAll(kind.defaults());
        merge(settings, given, "", source);
        setAll(settings, changes);
        var about = yaml.lines()
                .takeWhile(line -> line.startsWith("#"))
                .map(line -> line.substring(1).strip())
                .toList();
        return new Recipe(source, kind, settings, about);
    }

    /**
     * Settings with some of them changed by dotted name, as {@code --set a.b=value} gives them.
     *
     * @throws MedleyException when there is no such setting, with near names
     */
    public static ObjectNode changed(ObjectNode settings, Map<String, String> changes) {
        var changed = settings.deepCopy();
        setAll(changed, changes);
        return changed;
    }

    private static void setAll(ObjectNode settings, Map<String, String> changes) {
        changes.forEach((path, value) -> merge(settings, change(path, value), "", "--set " + path));
    }

    private static JsonNode tree(String yaml, String source) {
        try {
            return YAML.readTree(yaml);
        } catch (JacksonException e) {
            var at = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            throw new MedleyException(
                    source + at + ": is not YAML ("
                            + e.getOriginalMessage().lines().findFirst().orElse("") + ")",
                    e);
        }
    }

    private static RecipeKind kind(ObjectNode given, String source, Collection<RecipeKind> kinds) {
        var known = kinds.stream().map(RecipeKind::name).sorted().collect(Collectors.joining(", "));
        if (given.get(KIND) == null) {
            throw new MedleyException(source + ": names no kind; there are: " + known);
        }
        var name = given.get(KIND).asString();
        return kinds.stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new MedleyException(source + ": kind '" + name + "' is not known; there are: " + known));
    }

    /** {@code a.b.c} and a value as the tree they mean. */
    private static ObjectNode change(String path, String value) {
        var parts = path.split("\\.");
        var root = JsonMapper.shared().createObjectNode();
        var node = root;
        for (int i = 0; i < parts.length - 1; i++) {
            node = node.putObject(parts[i]);
        }
        var last = parts[parts.length - 1];
        if (value.isEmpty()) {
            node.put(last, ""); // of which YAML makes nothing at all
        } else {
            node.set(last, tree(value, "--set " + path));
        }
        return root;
    }

    private static void merge(ObjectNode into, ObjectNode from, String path, String source) {
        for (var field : from.properties()) {
            var name = path + field.getKey();
            var before = into.get(field.getKey());
            if (before == null || name.equals(KIND)) {
                throw unknown(name, field.getKey(), into, path, source);
            }
            if (before instanceof ObjectNode section) {
                if (!(field.getValue() instanceof ObjectNode changes)) {
                    throw new MedleyException(source + ": '" + name + "' is a section; set what is in it, such as "
                            + name + "." + section.propertyNames().iterator().next());
                }
                merge(section, changes, name + ".", source);
            } else {
                into.set(field.getKey(), field.getValue());
            }
        }
    }

    private static MedleyException unknown(String name, String key, ObjectNode known, String path, String source) {
        var names = new ArrayList<>(known.propertyNames());
        names.remove(KIND);
        var near = NearNames.of(key, names);
        return new MedleyException(source + ": there is no setting '" + name + "'"
                + (near.isEmpty()
                        ? "; there are " + path + String.join(", " + path, names)
                        : "; did you mean " + path + String.join(" or " + path, near) + "?"));
    }

    /** The settings all trainings have; the kind's defaults must hold them. */
    public TrainingSettings training() {
        return as(TrainingSettings.class);
    }

    /**
     * Those settings that a record has, as that record.
     *
     * @throws MedleyException when a value is of the wrong type, or the record refuses it
     */
    public <R extends Record> R as(Class<R> type) {
        return read(settings, type, source);
    }

    /**
     * Those of some settings that a record has, as that record.
     *
     * @param source where they are from, for messages
     * @throws MedleyException when a value is of the wrong type, or the record refuses it
     */
    public static <R extends Record> R read(ObjectNode settings, Class<R> type, String source) {
        var part = JsonMapper.shared().createObjectNode();
        Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .filter(settings::has)
                .forEach(name -> part.set(name, settings.get(name)));
        try {
            return RECORDS.treeToValue(part, type);
        } catch (DatabindException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof MedleyException refused) {
                    throw new MedleyException(source + ": " + refused.getMessage(), refused);
                }
            }
            var where = e.getPath().stream()
                    .map(step -> step.getPropertyName() == null ? "[" + step.getIndex() + "]" : step.getPropertyName())
                    .collect(Collectors.joining("."));
            throw new MedleyException(
                    source + ": " + where + ": "
                            + e.getOriginalMessage().lines().findFirst().orElse("cannot be used"),
                    e);
        }
    }

    /** The settings of records, one after the other, as a kind's defaults. */
    public static ObjectNode tree(Record... records) {
        var all = JsonMapper.shared().createObjectNode();
        for (var part : records) {
            all.setAll((ObjectNode) RECORDS.valueToTree(part));
        }
        return all;
    }
}
