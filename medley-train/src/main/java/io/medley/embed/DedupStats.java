package io.medley.embed;

import io.medley.shards.ShardResult;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * What became of the pictures of a shard that was written without near-duplicates, or of many.
 *
 * @param count rows read
 * @param written of these
 * @param dropped of these, because an earlier picture stands for them
 * @param errors rows that hold no sample and so could not be written
 * @param problems the first few errors, for people
 */
public record DedupStats(long count, long written, long dropped, long errors, List<String> problems)
        implements ShardResult {
    private static final int MOST_PROBLEMS = 5;

    /** Nothing yet. */
    public static final DedupStats EMPTY = new DedupStats(0, 0, 0, 0, List.of());

    public DedupStats {
        problems = List.copyOf(problems.subList(0, Math.min(MOST_PROBLEMS, problems.size())));
    }

    /** The sum of both. */
    public DedupStats plus(DedupStats other) {
        return new DedupStats(
                count + other.count,
                written + other.written,
                dropped + other.dropped,
                errors + other.errors,
                Stream.concat(problems.stream(), other.problems.stream()).toList());
    }

    /** As JSON text. */
    public String json() {
        return JsonMapper.shared().writeValueAsString(this);
    }

    /** What {@link #json} wrote. */
    public static DedupStats of(String json) {
        return JsonMapper.shared().readValue(json, DedupStats.class);
    }
}
