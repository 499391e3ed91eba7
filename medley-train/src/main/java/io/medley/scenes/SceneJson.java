package io.medley.scenes;

import io.medley.scenes.Figure.Mark;
import io.medley.scenes.SceneObject.Box;
import io.medley.scenes.SceneObject.Keypoint;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is known of a sample, as JSON in the shapes the field's tools read. */
final class SceneJson {
    static final JsonMapper MAPPER = new JsonMapper();

    private SceneJson() {}

    /** An entry of {@code images} in a Karpathy-style file; questions and the scene come along. */
    static ObjectNode karpathyImage(SceneSample sample, String folder, String file, int id, int firstSentence) {
        ObjectNode image = MAPPER.createObjectNode();
        image.put("filepath", folder);
        image.put("filename", file);
        image.put("imgid", id);
        image.put("split", sample.split().word());
        ArrayNode ids = image.putArray("sentids");
        ArrayNode sentences = image.putArray("sentences");
        int sentence = firstSentence;
        for (String text : texts(sample)) {
            ids.add(sentence);
            ObjectNode node = sentences.addObject();
            node.put("raw", text);
            ArrayNode tokens = node.putArray("tokens");
            for (String token : text.split(" ")) {
                tokens.add(token);
            }
            node.put("imgid", id);
            node.put("sentid", sentence++);
        }
        known(sample, image);
        return image;
    }

    /** What the picture comes with: its captions, or in the web split its alt-text. */
    static List<String> texts(SceneSample sample) {
        return sample.web().map(web -> List.of(web.text())).orElse(sample.captions());
    }

    /** Adds captions, questions, noise and scene. */
    static void known(SceneSample sample, ObjectNode node) {
        ArrayNode captions = node.putArray("captions");
        sample.captions().forEach(captions::add);
        ArrayNode questions = node.putArray("questions");
        for (Question question : sample.questions()) {
            ObjectNode entry = questions.addObject();
            entry.put("type", question.type().name().toLowerCase(java.util.Locale.ROOT));
            entry.put("question", question.text());
            entry.put("answer", question.answer());
        }
        sample.web().ifPresent(web -> {
            node.put("alt_text", web.text());
            node.put("noise", web.noise().word());
        });
        ObjectNode scene = node.putObject("scene");
        scene.put("index", sample.index());
        scene.put("background", sample.scene().backdrop().background().word());
        ArrayNode groups = scene.putArray("groups");
        for (Scene.Group group : sample.scene().groups()) {
            ObjectNode entry = groups.addObject();
            entry.put("kind", group.kind().word());
            entry.put("color", group.color().word());
            entry.put("size", group.size().word());
            entry.put("count", group.count());
        }
    }

    /** An entry of {@code annotations} in a COCO instances and keypoints file. */
    static ObjectNode annotation(SceneObject object, int size, int id, int imageId) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("id", id);
        node.put("image_id", imageId);
        shape(object, size, node);
        return node;
    }

    /** Adds category, colour, box, mask and keypoints. */
    static void shape(SceneObject object, int size, ObjectNode node) {
        node.put("category_id", object.kind().ordinal() + 1);
        node.put("category", object.kind().word());
        node.put("color", object.color().word());
        node.put("group", object.group());
        node.put("iscrowd", 0);
        node.put("area", object.mask().cardinality());
        Box box = object.box();
        node.putArray("bbox").add(box.x()).add(box.y()).add(box.width()).add(box.height());
        ObjectNode segmentation = node.putObject("segmentation");
        segmentation.putArray("size").add(size).add(size);
        ArrayNode counts = segmentation.putArray("counts");
        for (int run : RunLengths.of(object.mask(), size, size)) {
            counts.add(run);
        }
        ArrayNode polygons = node.putArray("polygons");
        for (double[] polygon : object.polygons()) {
            ArrayNode points = polygons.addArray();
            for (double value : polygon) {
                points.add(Math.round(value * 100) / 100.0);
            }
        }
        ArrayNode keypoints = node.putArray("keypoints");
        for (Keypoint point : object.keypoints()) {
            keypoints.add(Math.round(point.x() * 100) / 100.0);
            keypoints.add(Math.round(point.y() * 100) / 100.0);
            keypoints.add(point.visible() ? 2 : 1);
        }
        node.put("num_keypoints", object.keypoints().size());
    }

    /** COCO's {@code categories}, with the names of each kind's keypoints. */
    static ArrayNode categories() {
        ArrayNode categories = MAPPER.createArrayNode();
        for (Kind kind : Kind.values()) {
            ObjectNode node = categories.addObject();
            node.put("id", kind.ordinal() + 1);
            node.put("name", kind.word());
            node.put("supercategory", kind.category().word());
            ArrayNode names = node.putArray("keypoints");
            for (Mark mark : kind.figure().keypoints()) {
                names.add(mark.name());
            }
            node.putArray("skeleton");
        }
        return categories;
    }
}
