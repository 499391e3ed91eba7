package io.medley.data;

import io.medley.data.ListedRows.Item;
import io.medley.data.QuestionSample.WeightedAnswer;
import io.medley.tensor.MedleyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Annotation formats of questions about pictures, and of sentences about pairs of them. */
public final class ReasoningReaders {
    private ReasoningReaders() {}

    /**
     * What a row says, in the terms of BLIP's own annotations.
     *
     * @param problem why it is of no use; empty if it is of use
     */
    record Described(String key, ObjectNode object, String problem) {}

    /**
     * VQAv2's and COCO-VQA's files: questions, and annotations with ten answers each. Pictures are named as COCO's:
     * {@code COCO_val2014_000000000042.jpg} in the folder {@code val2014}, where {@code val2014} is the questions' {@code data_subtype}.
     *
     * @param annotations empty for test sets
     */
    public static Dataset.Indexed<QuestionSample> vqa(Path questions, Optional<Path> annotations, ImageStore images) {
        return asked(questions, questions(questions, annotations), images);
    }

    /** Those of {@link #vqa} as BLIP writes them: {@code image} and {@code answer}, a list; the rest of the annotations in {@code annotation}. */
    static List<Described> questions(Path questions, Optional<Path> annotations) {
        Map<String, JsonNode> answered = new HashMap<>();
        annotations.ifPresent(file -> AnnotationFile.each(
                file,
                Set.of("annotations"),
                (array, node) -> answered.put(AnnotationFile.text(node, "question_id"), node)));
        List<ObjectNode> asked = new ArrayList<>();
        Map<String, String> values =
                AnnotationFile.each(questions, Set.of("questions"), (array, node) -> asked.add(node));
        String folder = values.getOrDefault("data_subtype", "");
        if (folder.isEmpty()) {
            throw new MedleyException(questions + ": has no data_subtype such as val2014, so its pictures cannot be"
                    + " named; is it a questions file of VQAv2?");
        }
        List<Described> rows = new ArrayList<>();
        for (ObjectNode node : asked) {
            String key = AnnotationFile.text(node, "question_id");
            JsonNode annotation = answered.get(key);
            long image = node.path("image_id").asLong(-1);
            if (annotation != null) {
                ArrayNode answers = node.putArray("answer");
                annotation.path("answers").forEach(a -> answers.add(AnnotationFile.text(a, "answer")));
                node.put("answer_type", AnnotationFile.text(annotation, "answer_type"));
                node.set("annotation", annotation);
            }
            node.put("image", String.format(Locale.ROOT, "%s/COCO_%s_%012d.jpg", folder, folder, image));
            String problem = image < 0 ? "no image_id" : "";
            rows.add(new Described(
                    key,
                    node,
                    annotations.isPresent() && annotation == null ? "no annotation for this question" : problem));
        }
        return rows;
    }

    /** BLIP's and LAVIS' annotations: an array of {@code image}, {@code question}, {@code question_id} and {@code answer}, one or a list. */
    public static Dataset.Indexed<QuestionSample> blipVqa(Path json, ImageStore images) {
        List<Described> rows = new ArrayList<>();
        AnnotationFile.each(
                json,
                Set.of(),
                (array, node) -> rows.add(new Described(AnnotationFile.text(node, "question_id"), node, "")));
        return asked(json, rows, images);
    }

    private static ListedRows<QuestionSample> asked(Path file, List<Described> rows, ImageStore images) {
        List<Item<QuestionSample>> items = new ArrayList<>();
        for (Described row : rows) {
            items.add(
                    row.problem().isEmpty()
                            ? question(row.key(), row.object(), images)
                            : Item.broken(row.key(), row.problem()));
        }
        return new ListedRows<>(file.toString(), items);
    }

    private static Item<QuestionSample> question(String key, ObjectNode node, ImageStore images) {
        List<String> answers = new ArrayList<>();
        JsonNode given = node.path("answer");
        if (given.isArray()) {
            given.forEach(answer -> answers.add(answer.asString("").strip()));
        } else if (given.isString()) {
            answers.add(given.asString().strip());
        }
        String image = AnnotationFile.text(node, "image");
        String question = AnnotationFile.text(node, "question");
        if (image.isEmpty() || question.isEmpty()) {
            return Item.broken(key, image.isEmpty() ? "names no picture" : "has no question");
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        answers.forEach(answer -> counts.merge(answer, 1, Integer::sum));
        List<WeightedAnswer> weighted = new ArrayList<>();
        counts.forEach((answer, count) -> weighted.add(new WeightedAnswer(answer, (double) count / answers.size())));
        return new Item<>(key, () -> new QuestionSample(key, images.read(image), question, weighted, node.deepCopy()));
    }

    /**
     * NLVR2's {@code .json} of one object a line ({@code train-10171-0-0} has the pictures {@code train-10171-0-img0.png} and
     * {@code …-img1.png}, in the folder {@code directory} if there is one), and BLIP's array with {@code images}, {@code sentence} and
     * {@code label}.
     */
    public static Dataset.Indexed<PairSample> nlvr2(Path json, ImageStore images) {
        List<Item<PairSample>> items = new ArrayList<>();
        for (Described row : pairs(json)) {
            items.add(row.problem().isEmpty() ? pair(row, images) : Item.broken(row.key(), row.problem()));
        }
        return new ListedRows<>(json.toString(), items);
    }

    /** Those of {@link #nlvr2} as BLIP writes them, with {@code images}. */
    static List<Described> pairs(Path json) {
        List<Described> rows = new ArrayList<>();
        if (isArray(json)) {
            AnnotationFile.each(json, Set.of(), (array, node) -> rows.add(described(node, rows.size())));
        } else {
            AnnotationFile.lines(json, (line, number) -> rows.add(line(line, number, rows.size())));
        }
        return rows;
    }

    private static Described line(String line, int number, int row) {
        String problem;
        try {
            if (DataJson.MAPPER.readTree(line) instanceof ObjectNode node) {
                return described(node, row);
            }
            problem = "no JSON object";
        } catch (JacksonException e) {
            problem = "no JSON: " + DataJson.reason(e);
        }
        return new Described("line " + number, DataJson.MAPPER.createObjectNode(), problem);
    }

    private static boolean isArray(Path json) {
        try (var in = java.nio.file.Files.newInputStream(json)) {
            int first = in.read();
            while (Character.isWhitespace(first)) {
                first = in.read();
            }
            return first == '[';
        } catch (java.io.IOException e) {
            throw new MedleyException(json + ": cannot be read (" + e + "); check the path", e);
        }
    }

    private static Described described(ObjectNode node, int number) {
        String id = AnnotationFile.text(node, "identifier");
        String key = id.isEmpty() ? String.valueOf(number) : id;
        int dash = id.lastIndexOf('-');
        if (first(node).isEmpty() && dash > 0) {
            String directory = AnnotationFile.text(node, "directory");
            String stem = (directory.isEmpty() ? "" : directory + "/") + id.substring(0, dash);
            node.putArray("images").add(stem + "-img0.png").add(stem + "-img1.png");
        }
        boolean two = !first(node).isEmpty() && !second(node).isEmpty();
        if (!two || AnnotationFile.text(node, "sentence").isEmpty()) {
            return new Described(key, node, "needs two pictures (images, or an identifier) and a sentence");
        }
        String label = AnnotationFile.text(node, "label").toLowerCase(Locale.ROOT);
        boolean known = Set.of("", "true", "false").contains(label);
        return new Described(key, node, known ? "" : "its label is neither True nor False");
    }

    private static String first(ObjectNode node) {
        return node.path("images").path(0).asString("");
    }

    private static String second(ObjectNode node) {
        return node.path("images").path(1).asString("");
    }

    private static Item<PairSample> pair(Described row, ImageStore images) {
        ObjectNode node = row.object();
        String label = AnnotationFile.text(node, "label").toLowerCase(Locale.ROOT);
        Optional<Boolean> truth = label.isEmpty() ? Optional.empty() : Optional.of(label.equals("true"));
        return new Item<>(
                row.key(),
                () -> new PairSample(
                        row.key(),
                        images.read(first(node)),
                        images.read(second(node)),
                        AnnotationFile.text(node, "sentence"),
                        truth,
                        node.deepCopy()));
    }
}
