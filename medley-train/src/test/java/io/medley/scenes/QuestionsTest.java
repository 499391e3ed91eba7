package io.medley.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.scenes.Question.Type;
import io.medley.scenes.Scene.Group;
import io.medley.text.Captions;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Answers the questions anew from their words alone, by code that shares nothing with their making but the scene. */
class QuestionsTest {
    @Test
    void answersAreRightAndFromTheList() {
        Map<Type, Integer> types = new EnumMap<>(Type.class);
        int yes = 0;
        int no = 0;
        for (int i = 0; i < 3000; i++) {
            Scene scene = Scenes.of(SceneSplit.TRAIN).scene(i);
            List<Question> questions = Scenes.of(SceneSplit.TRAIN).questions(i);
            assertThat(questions).hasSizeBetween(5, 8).doesNotHaveDuplicates();
            for (Question q : questions) {
                types.merge(q.type(), 1, Integer::sum);
                yes += q.answer().equals("yes") ? 1 : 0;
                no += q.answer().equals("no") ? 1 : 0;
                assertThat(Questions.answers()).contains(q.answer());
                assertThat(q.answer()).as("%d: %s", i, q.text()).isEqualTo(answer(q.text(), scene));
                assertThat(q.text()).isEqualTo(Captions.preQuestion(q.text(), 30));
            }
        }
        assertThat(types).containsOnlyKeys(Type.values());
        assertThat(yes / (double) (yes + no)).isBetween(0.4, 0.6);
    }

    private static String answer(String question, Scene scene) {
        String q = question.replace("?", "");
        if (q.startsWith("how many ")) {
            return SceneWords.number(named(q.substring(9, q.length() - 10), scene).stream()
                    .mapToInt(Group::count)
                    .sum());
        }
        if (q.startsWith("what color ")) {
            return named(q.replaceAll("what color (is|are) the ", ""), scene)
                    .get(0)
                    .color()
                    .word();
        }
        if (q.startsWith("where ")) {
            Group g = named(q.replaceAll("where (is|are) the ", ""), scene).get(0);
            return position(g);
        }
        if (q.equals("what is this") || q.equals("what is in the picture")) {
            assertThat(scene.groups()).hasSize(1);
            return scene.groups().get(0).kind().word();
        }
        if (q.startsWith("what is ")) {
            return what(q.substring(8), scene);
        }
        if (q.startsWith("is there ")) {
            return yes(!named(q.replaceAll("is there an? ", ""), scene).isEmpty());
        }
        return confirm(q.replaceAll("^(is|are) the ", ""), scene);
    }

    private static String what(String rest, Scene scene) {
        Optional<ThingColor> color = color(rest);
        if (color.isPresent()) {
            List<Group> matching = scene.groups().stream()
                    .filter(g -> g.color() == color.get())
                    .toList();
            assertThat(matching).hasSize(1);
            return matching.get(0).kind().word();
        }
        String[] sides = rest.split(" the (?!left|right)");
        if (sides.length == 1) {
            sides = rest.split("(?<=of) the |(?<=above|below) the ");
        }
        Group object = named(sides[1], scene).get(0);
        String side = sides[0];
        List<Group> matching = scene.groups().stream()
                .filter(g -> g != object && beyond(side, g, object))
                .toList();
        assertThat(matching).as(rest).hasSize(1);
        return matching.get(0).kind().word();
    }

    private static String confirm(String rest, Scene scene) {
        for (String side : List.of("to the left of", "to the right of", "above", "below")) {
            int at = rest.indexOf(" " + side + " the ");
            if (at > 0) {
                Group a = named(rest.substring(0, at), scene).get(0);
                Group b = named(rest.substring(at + side.length() + 6), scene).get(0);
                return yes(beyond(side, a, b) && mainly(side, a, b));
            }
        }
        int last = rest.lastIndexOf(' ');
        Group group = named(rest.substring(0, last), scene).get(0);
        return yes(group.color().word().equals(rest.substring(last + 1)));
    }

    private static boolean beyond(String side, Group a, Group b) {
        double dx = a.centreX() - b.centreX();
        double dy = a.centreY() - b.centreY();
        return switch (side) {
            case "to the left of" -> dx < 0;
            case "to the right of" -> dx > 0;
            case "above" -> dy < 0;
            case "below" -> dy > 0;
            default -> throw new AssertionError(side);
        };
    }

    private static boolean mainly(String side, Group a, Group b) {
        double dx = Math.abs(a.centreX() - b.centreX());
        double dy = Math.abs(a.centreY() - b.centreY());
        return side.startsWith("to") ? dx > dy : dy > dx;
    }

    private static String position(Group g) {
        double dx = g.centreX() - 0.5;
        double dy = g.centreY() - 0.5;
        if (Math.abs(dx) < 0.08 && Math.abs(dy) < 0.08) {
            return "middle";
        }
        return Math.abs(dx) > Math.abs(dy) ? (dx < 0 ? "left" : "right") : (dy < 0 ? "top" : "bottom");
    }

    private static Optional<ThingColor> color(String word) {
        return Arrays.stream(ThingColor.values())
                .filter(c -> c.word().equals(word))
                .findFirst();
    }

    /** Groups that "red cat", "cats" or "animal" may mean. */
    private static List<Group> named(String noun, Scene scene) {
        String[] words = noun.trim().split(" ");
        String last = words[words.length - 1];
        return scene.groups().stream()
                .filter(g -> words.length == 1 || g.color().word().equals(words[0]))
                .filter(g -> List.of(
                                g.kind().word(),
                                g.kind().plural(),
                                g.kind().category().word())
                        .contains(last))
                .toList();
    }

    private static String yes(boolean truth) {
        return truth ? "yes" : "no";
    }
}
