package io.medley.scenes;

import io.medley.image.RgbImage;
import java.util.List;
import java.util.Optional;

/**
 * One picture and all that is known of it.
 *
 * @param split where it comes from
 * @param index its number there
 * @param image the picture, square
 * @param scene what it shows
 * @param captions five true captions; the first names every group with colour and number
 * @param questions about eight questions with their answers
 * @param web the alt-text, of the web split only
 */
public record SceneSample(
        SceneSplit split,
        long index,
        RgbImage image,
        Scene scene,
        List<String> captions,
        List<Question> questions,
        Optional<WebText> web) {

    /** Copies the lists. */
    public SceneSample {
        captions = List.copyOf(captions);
        questions = List.copyOf(questions);
    }

    /** Boxes, masks and keypoints of every thing, in pixels of {@link #image()}; computed by this call. */
    public List<SceneObject> objects() {
        return SceneObjects.of(scene, image.width());
    }

    /** What a model would be given as this picture's text: the alt-text if there is one, else the first caption. */
    public String text() {
        return web.map(WebText::text).orElse(captions.get(0));
    }
}
