package io.medley.scenes;

import io.medley.scenes.CaptionClaims.Mention;
import io.medley.scenes.CaptionClaims.Placed;
import io.medley.scenes.CaptionClaims.Related;
import io.medley.scenes.Scene.Group;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Scores any caption against the scene it should describe. Stateless. */
public final class CaptionJudge {
    private CaptionJudge() {}

    /**
     * Correct and total numbers, to be summed over captions before dividing.
     *
     * @param truthful whether the caption names something and every claim in it holds
     * @param pairsRight distinct kind+colour pairs named that are in the scene
     * @param pairsSaid distinct kind+colour pairs named; a mention without colour counts as a pair that is wrong if its
     *     kind is absent, and not at all otherwise
     * @param pairsThere kind+colour pairs of the scene
     * @param kindsRight distinct kinds named that are in the scene
     * @param kindsSaid distinct kinds named
     * @param kindsThere distinct kinds of the scene
     * @param colorsRight mentions of a present kind whose named colour is one that kind has there
     * @param colorsSaid mentions of a present kind that name a colour
     * @param countsRight mentions that match a group and give its number
     * @param countsSaid mentions that match a group
     * @param relationsRight relations that hold
     * @param relationsSaid relations between two mentions that match groups
     */
    public record Verdict(
            boolean truthful,
            int pairsRight,
            int pairsSaid,
            int pairsThere,
            int kindsRight,
            int kindsSaid,
            int kindsThere,
            int colorsRight,
            int colorsSaid,
            int countsRight,
            int countsSaid,
            int relationsRight,
            int relationsSaid) {}

    private record Pair(Kind kind, ThingColor color) {}

    /** Judges a caption. */
    public static Verdict judge(String caption, Scene scene) {
        return judge(CaptionParser.parse(caption), scene);
    }

    /** Judges what a caption claims. */
    public static Verdict judge(CaptionClaims claims, Scene scene) {
        Set<Pair> pairsThere = new HashSet<>();
        Set<Kind> kindsThere = new HashSet<>();
        for (Group group : scene.groups()) {
            pairsThere.add(new Pair(group.kind(), group.color()));
            kindsThere.add(group.kind());
        }
        Set<Pair> pairsSaid = new HashSet<>();
        Set<Kind> kindsSaid = new HashSet<>();
        Set<Kind> inventedBare = new HashSet<>();
        int colorsRight = 0;
        int colorsSaid = 0;
        int countsRight = 0;
        int countsSaid = 0;
        for (Mention mention : claims.mentions()) {
            kindsSaid.add(mention.kind());
            ThingColor color = mention.color();
            if (color != null) {
                var pair = new Pair(mention.kind(), color);
                pairsSaid.add(pair);
                if (kindsThere.contains(mention.kind())) {
                    colorsSaid++;
                    colorsRight += pairsThere.contains(pair) ? 1 : 0;
                }
            } else if (!kindsThere.contains(mention.kind())) {
                inventedBare.add(mention.kind());
            }
            if (!matches(mention, scene).isEmpty()) {
                countsSaid++;
                countsRight += countHolds(mention, scene) ? 1 : 0;
            }
        }
        int relationsRight = 0;
        int relationsSaid = 0;
        for (Related related : claims.relations()) {
            List<Group> subjects = matches(claims.mentions().get(related.subject()), scene);
            List<Group> objects = matches(claims.mentions().get(related.object()), scene);
            if (!subjects.isEmpty() && !objects.isEmpty()) {
                relationsSaid++;
                relationsRight += holds(related, subjects, objects) ? 1 : 0;
            }
        }
        return new Verdict(
                truthful(claims, scene),
                (int) pairsSaid.stream().filter(pairsThere::contains).count(),
                pairsSaid.size() + inventedBare.size(),
                pairsThere.size(),
                (int) kindsSaid.stream().filter(kindsThere::contains).count(),
                kindsSaid.size(),
                kindsThere.size(),
                colorsRight,
                colorsSaid,
                countsRight,
                countsSaid,
                relationsRight,
                relationsSaid);
    }

    /** Whether something is named and every single claim holds. */
    public static boolean truthful(CaptionClaims claims, Scene scene) {
        for (Mention mention : claims.mentions()) {
            if (matches(mention, scene).isEmpty() || !countHolds(mention, scene)) {
                return false;
            }
        }
        for (Related related : claims.relations()) {
            if (!holds(
                    related,
                    matches(claims.mentions().get(related.subject()), scene),
                    matches(claims.mentions().get(related.object()), scene))) {
                return false;
            }
        }
        for (Placed placed : claims.positions()) {
            if (matches(claims.mentions().get(placed.mention()), scene).stream()
                    .noneMatch(g ->
                            Scene.position(g).filter(placed.position()::equals).isPresent())) {
                return false;
            }
        }
        return !claims.mentions().isEmpty()
                && claims.places().stream().allMatch(scene.backdrop().background()::equals);
    }

    private static List<Group> matches(Mention mention, Scene scene) {
        return scene.groups().stream()
                .filter(g -> g.kind() == mention.kind())
                .filter(g -> mention.color() == null || mention.color() == g.color())
                .filter(g -> mention.size() == null || mention.size() == g.size())
                .toList();
    }

    private static boolean countHolds(Mention mention, Scene scene) {
        int there = matches(mention, scene).stream().mapToInt(Group::count).sum();
        return mention.count() == Mention.SEVERAL ? there > 1 : mention.count() == there;
    }

    private static boolean holds(Related related, List<Group> subjects, List<Group> objects) {
        return subjects.stream().anyMatch(a -> objects.stream()
                .anyMatch(b -> a != b
                        && Scene.relation(a, b)
                                .filter(fact -> fact.implies(related.relation()))
                                .isPresent()));
    }
}
