package io.medley.bootstrap;

import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.data.ShardOptions;
import io.medley.data.ShardReader;
import io.medley.scenes.CaptionJudge;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.scenes.WebNoise;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * A picture of the small world's web split after capfilt, and what is true of it.
 *
 * @param sample as the shard holds it
 * @param noise what is wrong with its alt-text
 * @param texts all of them, kept or not
 */
record WebPicture(Sample sample, WebNoise noise, List<Text> texts) {
    /**
     * A text.
     *
     * @param web whether it came with the picture
     * @param probability the filter's; 0 where it could say nothing
     * @param truthful whether everything it claims of the scene holds
     */
    record Text(boolean web, String text, double probability, boolean truthful) {}

    private static WebPicture of(Sample sample) {
        var json = sample.metadata();
        var noise = WebNoise.valueOf(json.path("noise").asString("").toUpperCase(Locale.ROOT));
        var scene =
                Scenes.of(SceneSplit.WEB).scene(json.path("scene").path("index").asLong());
        var texts = new ArrayList<Text>();
        for (JsonNode text : json.path("capfilt").path("texts")) {
            var words = text.path("text").asString("");
            texts.add(new Text(
                    text.path("source").asString("").equals("web"),
                    words,
                    text.path("itm_probability").asDouble(0),
                    CaptionJudge.judge(words, scene).truthful()));
        }
        return new WebPicture(sample, noise, texts);
    }

    /** Whether a file is a shard. */
    static boolean isShard(Path file) {
        return file.toString().endsWith(".tar");
    }

    /** Shards of a folder in order. */
    static List<Path> shards(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(WebPicture::isShard).sorted().toList();
        }
    }

    /** The pictures of a shard, each given to a function and then forgotten. */
    static <T> List<T> each(Path shard, Function<WebPicture, T> function) {
        var results = new ArrayList<T>();
        try (var rows = ShardReader.open(shard, ShardOptions.DEFAULT.textOptional())) {
            while (rows.hasNext()) {
                if (!(rows.next() instanceof Row.Good<Sample> good)) {
                    throw new MedleyException(
                            shard + ": holds a row that cannot be read; delete its folder to make it anew");
                }
                results.add(function.apply(of(good.value())));
            }
        }
        return results;
    }
}
