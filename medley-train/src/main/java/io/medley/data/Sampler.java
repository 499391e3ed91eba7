package io.medley.data;

import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The order of all rows of a mixture for one rank. Which data set comes next depends on the seed and the number of the draw, not on the
 * rank: all ranks draw from the same set at the same time.
 */
final class Sampler<T> implements AutoCloseable {
    private static final long CHOICE = 0x6d69787475726573L;

    private final Mixture<T> mixture;
    private final LoaderOptions options;
    private final List<Feed<T>> feeds = new ArrayList<>();
    private final boolean[] ended;
    private long draws;

    Sampler(Mixture<T> mixture, LoaderOptions options) {
        this.mixture = mixture;
        this.options = options;
        for (Mixture.Part<T> part : mixture.parts()) {
            feeds.add(Feed.of(part.dataset(), feeds.size(), options));
        }
        this.ended = new boolean[feeds.size()];
    }

    /** The next row, null at the end. */
    @Nullable
    Draw<T> next() {
        int left = feeds.size();
        for (boolean end : ended) {
            left -= end ? 1 : 0;
        }
        for (; left > 0; left--) {
            int choice = choose();
            Draw<T> draw = feeds.get(choice).next();
            if (draw != null) {
                draws++;
                return draw;
            }
            ended[choice] = true;
        }
        return null;
    }

    /** By shares, among those that have not ended. */
    private int choose() {
        double total = 0;
        int last = 0;
        for (int i = 0; i < ended.length; i++) {
            if (!ended[i]) {
                total += mixture.parts().get(i).share();
                last = i;
            }
        }
        double at = Seeds.unit(Seeds.mix(options.seed(), CHOICE, draws)) * total;
        for (int i = 0; i < last; i++) {
            at -= ended[i] ? 0 : mixture.parts().get(i).share();
            if (at < 0 && !ended[i]) {
                return i;
            }
        }
        return last;
    }

    ObjectNode state() {
        ObjectNode state = DataJson.MAPPER.createObjectNode();
        state.put("draws", draws);
        ArrayNode all = state.putArray("feeds");
        // Which have ended decides among which the next is chosen.
        ArrayNode ends = state.putArray("ended");
        for (int i = 0; i < ended.length; i++) {
            all.add(feeds.get(i).state());
            ends.add(ended[i]);
        }
        return state;
    }

    /** Goes where {@link #state()} was. */
    void restore(ObjectNode state) {
        draws = state.get("draws").asLong();
        JsonNode all = state.get("feeds");
        for (int i = 0; i < feeds.size(); i++) {
            ended[i] = state.get("ended").get(i).asBoolean();
            if (!(all.get(i) instanceof ObjectNode one)) {
                throw new MedleyException(mixture.name() + ": the loader's state is damaged; start anew");
            }
            feeds.get(i).restore(one);
        }
    }

    @Override
    public void close() {
        feeds.forEach(Feed::close);
    }
}
