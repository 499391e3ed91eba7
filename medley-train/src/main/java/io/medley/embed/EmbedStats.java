package io.medley.embed;

import io.medley.shards.ShardResult;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * What came out of a shard of features, or of many.
 *
 * @param count rows read
 * @param errors rows that could not be used
 * @param texts text vectors written
 * @param problems the first few errors, for people
 * @param seconds from the first row to the last, summed over shards
 */
public record EmbedStats(long count, long errors, long texts, List<String> problems, double seconds)
        implements ShardResult {
    private static final int MOST_PROBLEMS = 5;

    /** Nothing yet. */
    public static final EmbedStats EMPTY = new EmbedStats(0, 0, 0, List.of(), 0);

    public EmbedStats {
        problems = List.copyOf(problems.subList(0, Math.min(MOST_PROBLEMS, problems.size())));
    }

    /** The sum of both. */
    public EmbedStats plus(EmbedStats other) {
        var both = new ArrayList<>(problems);
        both.addAll(other.problems);
        return new EmbedStats(
                count + other.count, errors + other.errors, texts + other.texts, both, seconds + other.seconds);
    }

    /** As JSON text. */
    public String json() {
        return JsonMapper.shared().writeValueAsString(this);
    }

    /** What {@link #json} wrote. */
    public static EmbedStats of(String json) {
        return JsonMapper.shared().readValue(json, EmbedStats.class);
    }
}
