package io.medley.scenes;

import io.medley.scenes.CaptionClaims.Mention;
import io.medley.scenes.CaptionClaims.Placed;
import io.medley.scenes.CaptionClaims.Related;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads captions of the small world back into claims. Forgiving: words it does not know are skipped, so it also reads
 * what a half-trained captioner says. Stateless.
 */
public final class CaptionParser {
    private static final Map<String, Kind> SINGULAR = new HashMap<>();
    private static final Map<String, Kind> PLURAL = new HashMap<>();
    private static final Map<String, ThingColor> COLORS = new HashMap<>();
    private static final Map<String, ThingSize> SIZES = new HashMap<>();
    private static final Map<String, Integer> COUNTS = new HashMap<>();

    static {
        for (Kind kind : Kind.values()) {
            SINGULAR.put(kind.word(), kind);
            PLURAL.put(kind.plural(), kind);
        }
        for (ThingColor color : ThingColor.values()) {
            COLORS.put(color.word(), color);
        }
        for (ThingSize size : ThingSize.values()) {
            SIZES.put(size.word(), size);
        }
        for (int i = 0; i < SceneWords.NUMBERS.size(); i++) {
            COUNTS.put(SceneWords.number(i), i);
        }
        COUNTS.put("a", 1);
        COUNTS.put("an", 1);
    }

    private CaptionParser() {}

    /** The claims of a caption. */
    public static CaptionClaims parse(String caption) {
        String[] words = caption.toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z ]", " ")
                .trim()
                .split(" +");
        return new Reading(words).claims();
    }

    /** One pass over the words. */
    private static final class Reading {
        private final String[] words;
        private final List<Mention> mentions = new ArrayList<>();
        private final List<Related> relations = new ArrayList<>();
        private final List<Background> places = new ArrayList<>();
        private final List<Placed> positions = new ArrayList<>();
        private @Nullable Integer count;
        private @Nullable ThingColor color;
        private @Nullable ThingSize size;
        private @Nullable Relation relation;

        Reading(String[] words) {
            this.words = words;
        }

        CaptionClaims claims() {
            for (int at = 0; at < words.length; ) {
                at += step(at);
            }
            return new CaptionClaims(mentions, relations, places, positions);
        }

        /** Reads what starts here; returns how many words that was. */
        private int step(int at) {
            String word = words[at];
            if (COUNTS.containsKey(word)) {
                forget();
                count = COUNTS.get(word);
            } else if (COLORS.containsKey(word)) {
                color = COLORS.get(word);
            } else if (SIZES.containsKey(word)) {
                size = SIZES.get(word);
            } else if (SINGULAR.containsKey(word) || PLURAL.containsKey(word)) {
                mention(word);
            } else {
                forget();
                return phrase(at);
            }
            return 1;
        }

        private int phrase(int at) {
            for (Relation candidate : Relation.values()) {
                for (String phrase : candidate.phrases()) {
                    int length = match(at, phrase);
                    if (length > 0) {
                        relation = candidate;
                        return length;
                    }
                }
            }
            for (Position candidate : Position.values()) {
                int length = match(at, candidate.phrase());
                if (length > 0) {
                    if (!mentions.isEmpty()) {
                        positions.add(new Placed(mentions.size() - 1, candidate));
                    }
                    return length;
                }
            }
            for (Background candidate : Background.values()) {
                for (String phrase : candidate.phrases()) {
                    int length = match(at, phrase);
                    if (length > 0) {
                        places.add(candidate);
                        return length;
                    }
                }
            }
            if (words[at].equals("and") || words[at].equals("with")) {
                relation = null;
            }
            return 1;
        }

        /** Length of the phrase in words if it stands here, else 0. */
        private int match(int at, String phrase) {
            String[] wanted = phrase.split(" ");
            if (at + wanted.length > words.length) {
                return 0;
            }
            for (int i = 0; i < wanted.length; i++) {
                if (!words[at + i].equals(wanted[i])) {
                    return 0;
                }
            }
            return wanted.length;
        }

        private void mention(String word) {
            Kind kind = SINGULAR.containsKey(word) ? SINGULAR.get(word) : PLURAL.get(word);
            if (kind == null) {
                return;
            }
            int number = count != null ? count : SINGULAR.containsKey(word) ? 1 : Mention.SEVERAL;
            mentions.add(new Mention(kind, color, size, number));
            if (relation != null && mentions.size() > 1) {
                relations.add(new Related(mentions.size() - 2, relation, mentions.size() - 1));
            }
            relation = null;
            forget();
        }

        private void forget() {
            count = null;
            color = null;
            size = null;
        }
    }
}
