package io.medley.scenes;

import io.medley.scenes.Question.Type;
import io.medley.scenes.Scene.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Asks about a scene what can be answered from its picture in one word of a closed list. Stateless. */
public final class Questions {
    /** Questions of one picture. */
    static final int QUESTIONS = 8;

    private static final int MAX_COUNT = 6;

    /** Categories whose names work as "is there a …?". */
    private static final List<Category> COUNTABLE =
            List.of(Category.ANIMAL, Category.VEHICLE, Category.PLANT, Category.BUILDING, Category.SHAPE);

    private Questions() {}

    /** Every answer there is: yes, no, numbers, colours, kinds, positions. */
    public static List<String> answers() {
        var answers = new ArrayList<String>(List.of("yes", "no"));
        answers.addAll(SceneWords.NUMBERS.subList(0, MAX_COUNT + 1));
        for (ThingColor color : ThingColor.values()) {
            answers.add(color.word());
        }
        for (Kind kind : Kind.values()) {
            answers.add(kind.word());
        }
        for (Position position : Position.values()) {
            answers.add(position.word());
        }
        return List.copyOf(answers);
    }

    /** Eight different questions, or fewer of a scene that has no more to ask; yes and no equally likely. */
    static List<Question> questions(Scene scene, SceneRandom random) {
        var asked = new LinkedHashMap<String, Question>();
        for (int attempt = 0; attempt < 200 && asked.size() < QUESTIONS; attempt++) {
            question(scene, random).ifPresent(q -> asked.putIfAbsent(q.text().replace("?", ""), q));
        }
        return List.copyOf(asked.values());
    }

    private static Optional<Question> question(Scene scene, SceneRandom random) {
        Group group = random.pick(scene.groups());
        return switch (random.weighted(0.22, 0.18, 0.2, 0.14, 0.1, 0.1, 0.06)) {
            case 0 -> Optional.of(existence(scene, group, random));
            case 1 -> count(scene, group, random);
            case 2 -> color(scene, group, random);
            case 3 -> kind(scene, group, random);
            case 4 -> relation(scene, group, random);
            case 5 -> yesNo(scene, group, random);
            default -> position(scene, group, random);
        };
    }

    private static Question ask(Type type, String text, String answer, SceneRandom random) {
        return new Question(type, random.chance(0.8) ? text + "?" : text, answer);
    }

    private static String yesNo(boolean truth) {
        return truth ? "yes" : "no";
    }

    private static Question existence(Scene scene, Group group, SceneRandom random) {
        boolean yes = random.chance(0.5);
        int style = random.weighted(0.5, 0.3, 0.2);
        if (style == 2) {
            Category category = group.kind().category();
            while (!COUNTABLE.contains(category) || (!yes && anyOf(scene, category))) {
                category = random.pick(COUNTABLE);
            }
            String word = category.word();
            return ask(
                    Type.EXISTENCE,
                    "is there " + SceneWords.article(word) + " " + word,
                    yesNo(anyOf(scene, category)),
                    random);
        }
        boolean colored = style == 0;
        Kind kind = group.kind();
        ThingColor color = group.color();
        // Half of the "no" keep the kind or the colour, so that one of the two alone does not give the answer away.
        boolean swapColor = colored && random.chance(0.5);
        while (!yes && present(scene, kind, color, colored)) {
            if (swapColor) {
                color = random.pickOf(ThingColor.values());
            } else {
                kind = random.pickOf(Kind.values());
            }
        }
        String noun = colored ? color.word() + " " + kind.word() : kind.word();
        return ask(
                Type.EXISTENCE,
                "is there " + SceneWords.article(noun) + " " + noun,
                yesNo(present(scene, kind, color, colored)),
                random);
    }

    private static boolean anyOf(Scene scene, Category category) {
        return scene.groups().stream().anyMatch(g -> g.kind().category() == category);
    }

    private static boolean present(Scene scene, Kind kind, ThingColor color, boolean colored) {
        return colored ? scene.group(kind, color).isPresent() : scene.count(kind) > 0;
    }

    private static Optional<Question> count(Scene scene, Group group, SceneRandom random) {
        boolean absent = random.chance(0.08);
        Kind kind = absent ? random.pickOf(Kind.values()) : group.kind();
        boolean colored = random.chance(0.4);
        int count = colored ? scene.group(kind, group.color()).map(Group::count).orElse(0) : scene.count(kind);
        if (count > MAX_COUNT) {
            return Optional.empty();
        }
        String noun = colored ? group.color().word() + " " + kind.plural() : kind.plural();
        return Optional.of(ask(Type.COUNT, "how many " + noun + " are there", SceneWords.number(count), random));
    }

    private static Optional<Question> color(Scene scene, Group group, SceneRandom random) {
        if (!alone(scene, group)) {
            return Optional.empty();
        }
        String text = "what color " + isThe(group);
        return Optional.of(ask(Type.COLOR, text, group.color().word(), random));
    }

    private static Optional<Question> kind(Scene scene, Group group, SceneRandom random) {
        if (random.chance(0.4)) {
            long sharing = scene.groups().stream()
                    .filter(g -> g.color() == group.color())
                    .count();
            return sharing > 1
                    ? Optional.empty()
                    : Optional.of(ask(
                            Type.KIND,
                            "what is " + group.color().word(),
                            group.kind().word(),
                            random));
        }
        if (scene.groups().size() == 1) {
            return Optional.of(ask(
                    Type.KIND,
                    random.chance(0.5) ? "what is in the picture" : "what is this",
                    group.kind().word(),
                    random));
        }
        Group other = random.pick(scene.groups());
        Optional<Relation> fact = Scene.relation(other, group);
        if (other == group || fact.isEmpty()) {
            return Optional.empty();
        }
        Relation relation = fact.get();
        long others = scene.groups().stream()
                .filter(g -> g != group && g != other)
                // A third group that could be meant, even loosely, makes the question unfair.
                .filter(g -> loosely(g, group, relation))
                .count();
        if (others > 0) {
            return Optional.empty();
        }
        String text = "what is " + relation.phrases().get(0) + " the " + name(scene, group);
        return Optional.of(ask(Type.KIND, text, other.kind().word(), random));
    }

    private static boolean loosely(Group a, Group b, Relation relation) {
        double dx = a.centreX() - b.centreX();
        double dy = a.centreY() - b.centreY();
        return switch (relation) {
            case LEFT_OF -> dx < 0;
            case RIGHT_OF -> dx > 0;
            case ABOVE -> dy < 0;
            case BELOW -> dy > 0;
            case BESIDE -> true;
        };
    }

    private static Optional<Question> relation(Scene scene, Group group, SceneRandom random) {
        Group other = random.pick(scene.groups());
        Optional<Relation> fact = Scene.relation(group, other);
        if (other == group || fact.isEmpty()) {
            return Optional.empty();
        }
        boolean yes = random.chance(0.5);
        Relation said = fact.get();
        if (!yes) {
            said = random.chance(0.6)
                    ? said.inverse()
                    : random.pickOf(Relation.LEFT_OF, Relation.RIGHT_OF, Relation.ABOVE, Relation.BELOW);
        }
        String text = verb(group) + " the " + name(scene, group) + " "
                + said.phrases().get(0) + " the " + name(scene, other);
        return Optional.of(ask(Type.RELATION, text, yesNo(fact.get().implies(said)), random));
    }

    private static Optional<Question> yesNo(Scene scene, Group group, SceneRandom random) {
        if (!alone(scene, group)) {
            return Optional.empty();
        }
        ThingColor said = random.chance(0.5) ? group.color() : random.pickOf(ThingColor.values());
        if (random.chance(0.3)) {
            said = random.pick(scene.groups()).color();
        }
        return Optional.of(ask(Type.YES_NO, isThe(group) + " " + said.word(), yesNo(said == group.color()), random));
    }

    private static Optional<Question> position(Scene scene, Group group, SceneRandom random) {
        return Scene.position(group)
                .map(p -> ask(Type.POSITION, "where " + verb(group) + " the " + name(scene, group), p.word(), random));
    }

    private static String verb(Group group) {
        return group.count() == 1 ? "is" : "are";
    }

    private static String isThe(Group group) {
        return verb(group) + " the " + SceneWords.noun(group.kind(), group.count());
    }

    private static boolean alone(Scene scene, Group group) {
        return scene.groups().stream().filter(g -> g.kind() == group.kind()).count() == 1;
    }

    /** The shortest name that leaves no doubt. */
    private static String name(Scene scene, Group group) {
        return SceneWords.bare(group, !alone(scene, group), false);
    }
}
