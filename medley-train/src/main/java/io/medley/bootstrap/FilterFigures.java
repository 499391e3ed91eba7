package io.medley.bootstrap;

import io.medley.scenes.WebNoise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a captioner and a filter are worth where the noise is known. */
final class FilterFigures {
    private final int[] texts = new int[WebNoise.values().length];
    private final int[] kept = new int[texts.length];
    private final int[][] synthetic = new int[2][2]; // kept, truthful

    private FilterFigures() {}

    /** Figures by name, from shards that hold every text with its scores. */
    static Map<String, Double> of(Path folder, double threshold) throws IOException {
        var counts = new FilterFigures();
        for (var shard : WebPicture.shards(folder)) {
            WebPicture.each(shard, picture -> {
                counts.add(picture, threshold);
                return picture.noise();
            });
        }
        return counts.figures();
    }

    private void add(WebPicture picture, double threshold) {
        for (var text : picture.texts()) {
            boolean matches = text.probability() >= threshold;
            if (text.web()) {
                texts[picture.noise().ordinal()]++;
                kept[picture.noise().ordinal()] += matches ? 1 : 0;
            } else {
                synthetic[matches ? 1 : 0][text.truthful() ? 1 : 0]++;
            }
        }
    }

    private Map<String, Double> figures() {
        var figures = new LinkedHashMap<String, Double>();
        int clean = WebNoise.CLEAN.ordinal();
        int noisy = 0;
        int noisyKept = 0;
        for (var noise : WebNoise.values()) {
            int i = noise.ordinal();
            figures.put("texts " + noise.word(), (double) texts[i]);
            figures.put("kept " + noise.word(), share(kept[i], texts[i]));
            if (i != clean) {
                noisy += texts[i];
                noisyKept += kept[i];
                figures.put("recall " + noise.word(), 1 - share(kept[i], texts[i]));
                figures.put("precision " + noise.word(), share(kept[clean], kept[clean] + kept[i]));
            }
        }
        figures.put("recall all noise", 1 - share(noisyKept, noisy));
        figures.put("precision all noise", share(kept[clean], kept[clean] + noisyKept));
        int dropped = synthetic[0][0] + synthetic[0][1];
        int left = synthetic[1][0] + synthetic[1][1];
        figures.put("synthetic texts", (double) dropped + left);
        figures.put("synthetic kept", share(left, dropped + left));
        figures.put("synthetic truthful", share(synthetic[0][1] + synthetic[1][1], dropped + left));
        figures.put("synthetic truthful kept", share(synthetic[1][1], left));
        figures.put("synthetic truthful dropped", share(synthetic[0][1], dropped));
        return figures;
    }

    private static double share(int part, int whole) {
        return whole == 0 ? Double.NaN : (double) part / whole;
    }
}
