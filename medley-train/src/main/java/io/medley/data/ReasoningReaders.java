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
import tools.jackson.databind.node.ObjectNode;

/** Annotation formats of questions about pictures, and of sentences about pairs of them. */
public final class ReasoningReaders {
    private ReasoningReaders() {}

    /**
     * VQAv2's and COCO-VQA's files: questions, and annotations with ten answers each. Pictures are named as COCO's:
     * {@code COCO_val2014_000000000042.jpg} in the folder {@code val2014}, where {@code val2014} is the questions' {@code data_subtype}.
     *
     * @param annotations empty for test sets
     */
    public static Dataset.Indexed<QuestionSample> vqa(Path questions, Optional<Path> annotations, ImageStore images) {
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
        List<Item<QuestionSample>> items = new ArrayList<>();
        for (ObjectNode node : asked) {
            String key = AnnotationFile.text(node, "question_id");
            JsonNode annotation = answered.get(key);
            if (annotations.isPresent() && annotation == null) {
                items.add(Item.broken(key, "no annotation for this question"));
                continue;
            }
            List<String> answers = new ArrayList<>();
            if (annotation != null) {
                annotation.path("answers").forEach(a -> answers.add(AnnotationFile.text(a, "answer")));
                node.set("annotation", annotation);
            }
            long image = node.path("image_id").asLong(-1);
            String name = String.format(Locale.ROOT, "%s/COCO_%s_%012d.jpg", folder, folder, image);
            items.add(image < 0 ? Item.broken(key, "no image_id") : question(key, name, node, answers, images));
        }
        return new ListedRows<>(questions.toString(), items);
    }

    /** BLIP's and LAVIS' annotations: an array of {@code image}, {@code question}, {@code question_id} and {@code answer}, one or a list. */
    public static Dataset.Indexed<QuestionSample> blipVqa(Path json, ImageStore images) {
        List<Item<QuestionSample>> items = new ArrayList<>();
        AnnotationFile.each(json, Set.of(), (array, node) -> {
            List<String> answers = new ArrayList<>();
            JsonNode given = node.path("answer");
            if (given.isArray()) {
                given.forEach(answer -> answers.add(answer.asString("").strip()));
            } else if (given.isString()) {
                answers.add(given.asString().strip());
            }
            String key = AnnotationFile.text(node, "question_id");
            String image = AnnotationFile.text(node, "image");
            items.add(question(key, image, node, answers, images));
        });
        return new ListedRows<>(json.toString(), items);
    }

    private static Item<QuestionSample> question(
            String key, String image, ObjectNode node, List<String> answers, ImageStore images) {
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
        if (isArray(json)) {
            AnnotationFile.each(json, Set.of(), (array, node) -> items.add(pair(node, items.size(), images)));
        } else {
            AnnotationFile.lines(json, (line, number) -> {
                try {
                    items.add(
                            DataJson.MAPPER.readTree(line) instanceof ObjectNode node
                                    ? pair(node, items.size(), images)
                                    : Item.broken("line " + number, "no JSON object"));
                } catch (JacksonException e) {
                    items.add(Item.broken("line " + number, "no JSON: " + DataJson.reason(e)));
                }
            });
        }
        return new ListedRows<>(json.toString(), items);
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

    private static Item<PairSample> pair(ObjectNode node, int number, ImageStore images) {
        String id = AnnotationFile.text(node, "identifier");
        String key = id.isEmpty() ? String.valueOf(number) : id;
        String sentence = AnnotationFile.text(node, "sentence");
        JsonNode named = node.path("images");
        String left = named.path(0).asString("");
        String right = named.path(1).asString("");
        int dash = id.lastIndexOf('-');
        if (left.isEmpty() && dash > 0) {
            String directory = AnnotationFile.text(node, "directory");
            String stem = (directory.isEmpty() ? "" : directory + "/") + id.substring(0, dash);
            left = stem + "-img0.png";
            right = stem + "-img1.png";
        }
        if (left.isEmpty() || right.isEmpty() || sentence.isEmpty()) {
            return Item.broken(key, "needs two pictures (images, or an identifier) and a sentence");
        }
        String label = AnnotationFile.text(node, "label").toLowerCase(Locale.ROOT);
        if (!Set.of("", "true", "false").contains(label)) {
            return Item.broken(key, "its label is neither True nor False");
        }
        Optional<Boolean> truth = label.isEmpty() ? Optional.empty() : Optional.of(label.equals("true"));
        String first = left;
        String second = right;
        return new Item<>(
                key,
                () -> new PairSample(key, images.read(first), images.read(second), sentence, truth, node.deepCopy()));
    }
}
