package io.medley.scenes;

import io.medley.scenes.Scene.Group;
import java.util.Arrays;
import java.util.List;

/** Writes the alt-texts of the web split. Stateless. */
final class WebTexts {
    static final List<String> BOILERPLATE = List.of(
            "click here to see more pictures",
            "image may be subject to copyright",
            "best price free shipping today",
            "page not found please try again",
            "sign up for our newsletter",
            "all rights reserved",
            "view the full size image",
            "photo for sale buy now",
            "share this post with your friends",
            "read more on our website");
    private static final List<String> FILE_STEMS = List.of("img", "dsc", "image", "photo", "picture", "scan");

    private WebTexts() {}

    /** An alt-text for the scene; {@code other} is an unrelated scene. */
    static WebText text(Scene scene, Scene other, SceneRandom random) {
        double[] ratios =
                Arrays.stream(WebNoise.values()).mapToDouble(WebNoise::ratio).toArray();
        WebNoise noise = WebNoise.values()[random.weighted(ratios)];
        String text =
                switch (noise) {
                    case CLEAN -> random.pick(CaptionGrammar.captions(scene, random));
                    case UNRELATED -> random.pick(CaptionGrammar.captions(other, random));
                    case PARTIAL -> partial(scene, random);
                    case BOILERPLATE -> random.pick(BOILERPLATE);
                    case FILE_NAME -> fileName(random);
                };
        return new WebText(text, noise);
    }

    private static String partial(Scene scene, SceneRandom random) {
        Group group = random.pick(scene.groups());
        String noun = SceneWords.noun(group.kind(), group.count());
        return switch (random.below(4)) {
            case 0 -> noun;
            case 1 -> noun + " picture";
            case 2 -> group.kind().category().word() + " photo";
            default -> "nice " + noun;
        };
    }

    private static String fileName(SceneRandom random) {
        return random.pick(FILE_STEMS) + "_" + (1000 + random.below(9000)) + random.pickOf(".jpg", ".png", ".jpeg");
    }
}
