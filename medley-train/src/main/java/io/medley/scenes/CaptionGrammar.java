package io.medley.scenes;

import io.medley.scenes.Scene.Group;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Says what a scene shows, truthfully, as people write captions: lower case, no punctuation, 5 to 14 words, from a
 * closed vocabulary. {@link CaptionParser} reads all of it back.
 */
final class CaptionGrammar {
    /** Captions of one picture. */
    static final int CAPTIONS = 5;

    private static final int MIN_WORDS = 5;
    private static final int MAX_WORDS = 14;
    private static final List<String> OPENERS = List.of(
            "a picture of",
            "a photo of",
            "an image of",
            "a drawing of",
            "this picture shows",
            "this is",
            "we see",
            "i can see");

    private CaptionGrammar() {}

    /** Five different captions; the first names every group with its colour, its number and nothing about its size. */
    static List<String> captions(Scene scene, SceneRandom random) {
        var captions = new LinkedHashSet<String>();
        while (captions.isEmpty()) {
            offer(captions, full(scene, random));
        }
        while (captions.size() < CAPTIONS) {
            offer(captions, caption(scene, random));
        }
        return List.copyOf(captions);
    }

    private static void offer(LinkedHashSet<String> captions, String caption) {
        int words = caption.split(" ").length;
        if (words >= MIN_WORDS && words <= MAX_WORDS) {
            captions.add(caption);
        }
    }

    private static String full(Scene scene, SceneRandom random) {
        List<Group> order = order(scene, random);
        if (order.size() == 1) {
            return phrase(order.get(0), true, false) + " " + place(scene, order.get(0), random, true);
        }
        if (order.size() == 2) {
            return random.chance(0.6)
                    ? related(order.get(0), order.get(1), true, false, random)
                    : list(order, true, false, random) + " " + backdrop(scene, random);
        }
        return list(order, true, false, random);
    }

    private static String caption(Scene scene, SceneRandom random) {
        // A thing without its colour is named only where that leaves no doubt which group is meant.
        boolean colors = random.chance(0.88) || !kindsDiffer(scene);
        boolean sizes = random.chance(0.28);
        List<Group> order = order(scene, random);
        if (order.size() > 1 && random.chance(order.size() == 2 ? 0.12 : 0.3)) {
            order = order.subList(0, order.size() - 1);
        }
        Group first = order.get(0);
        if (order.size() == 1) {
            return single(scene, first, colors, sizes, random);
        }
        String text;
        if (random.chance(0.45)) {
            text = related(first, order.get(1), colors, sizes, random);
        } else {
            text = list(order, colors, sizes, random);
            if (random.chance(0.35)) {
                text = open(text, first, random);
            }
        }
        return random.chance(0.4) ? text + " " + backdrop(scene, random) : text;
    }

    private static String single(Scene scene, Group group, boolean colors, boolean sizes, SceneRandom random) {
        String text = phrase(group, colors, sizes);
        if (random.chance(0.5)) {
            text = open(text, group, random);
        }
        return random.chance(0.8) ? text + " " + place(scene, group, random, false) : text;
    }

    private static String open(String text, Group first, SceneRandom random) {
        if (random.chance(0.4)) {
            return (first.count() == 1 ? "there is " : "there are ") + text;
        }
        return random.pick(OPENERS) + " " + text;
    }

    private static String phrase(Group group, boolean color, boolean size) {
        return SceneWords.counted(group, color, size);
    }

    private static String list(List<Group> groups, boolean colors, boolean sizes, SceneRandom random) {
        var text = new StringBuilder(phrase(groups.get(0), colors, sizes));
        for (int i = 1; i < groups.size(); i++) {
            text.append(i == 1 && random.chance(0.25) ? " with " : " and ");
            text.append(phrase(groups.get(i), colors, sizes && random.chance(0.5)));
        }
        return text.toString();
    }

    private static String related(Group a, Group b, boolean colors, boolean sizes, SceneRandom random) {
        Optional<Relation> fact = Scene.relation(a, b);
        if (fact.isEmpty()) {
            return list(List.of(a, b), colors, sizes, random);
        }
        Relation said = fact.get();
        if (said.implies(Relation.BESIDE) && random.chance(0.3)) {
            said = Relation.BESIDE;
        }
        List<String> words = said.phrases();
        String relation = random.chance(0.7) ? words.get(0) : words.get(1);
        String verb = random.chance(0.25) ? (a.count() == 1 ? " is " : " are ") : " ";
        return phrase(a, colors, sizes) + verb + relation + " " + phrase(b, colors, sizes && random.chance(0.5));
    }

    private static String backdrop(Scene scene, SceneRandom random) {
        List<String> phrases = scene.backdrop().background().phrases();
        return random.chance(0.7) ? phrases.get(0) : random.pick(phrases);
    }

    private static String place(Scene scene, Group group, SceneRandom random, boolean mostlyBackdrop) {
        Optional<Position> position = Scene.position(group);
        return position.isPresent() && random.chance(mostlyBackdrop ? 0.2 : 0.4)
                ? position.get().phrase()
                : backdrop(scene, random);
    }

    private static boolean kindsDiffer(Scene scene) {
        return scene.groups().stream().map(Group::kind).distinct().count()
                == scene.groups().size();
    }

    /** Mostly from left to right, or downwards where that is clearer: a habit a captioner can learn. */
    private static List<Group> order(Scene scene, SceneRandom random) {
        var order = new ArrayList<>(scene.groups());
        order.sort(Comparator.comparingDouble(g -> g.centreX() + g.centreY()));
        if (random.chance(0.25)) {
            java.util.Collections.reverse(order);
        }
        return order;
    }
}
