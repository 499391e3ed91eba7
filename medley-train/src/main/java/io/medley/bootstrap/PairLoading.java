package io.medley.bootstrap;

import io.medley.data.Dataset;
import io.medley.data.Loader;
import io.medley.data.LoaderOptions;
import io.medley.data.Mixture;
import io.medley.data.RemoteFiles;
import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.data.ShardOptions;
import io.medley.data.ShardSet;
import io.medley.finetune.TuningInputs;
import io.medley.image.ImageLimits;
import io.medley.image.Images;
import io.medley.model.blip.BlipPretraining;
import io.medley.tensor.MedleyException;
import io.medley.text.Captions;
import io.medley.train.Batches;
import io.medley.train.Reporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Pictures with one of their texts each, from shards and annotations, as batches of a pre-training. */
final class PairLoading {
    /** 40 megapixels, as capfilt allows. */
    static final ImageLimits LIMITS = new ImageLimits(40_000_000, 64L << 20);

    /** {@code max_words} of upstream's pre-training data, and tokens enough for these. */
    private static final int WORDS = 30;

    private static final int TOKENS = 30;
    private static final int REPORTED = 5;

    /** A picture (3, S, S) and a text. */
    record Pair(float[] pixels, String text) {}

    private final TuningInputs inputs;

    PairLoading(TuningInputs inputs) {
        this.inputs = inputs;
    }

    /** Shards whose samples hold one text, or what capfilt has kept of several. */
    static Dataset<Sample> shards(String patterns) {
        return ShardSet.mixture(patterns, Optional.empty(), ShardOptions.DEFAULT.textOptional(), new RemoteFiles())
                .parts()
                .get(0)
                .dataset();
    }

    /** Noisy pairs and clean ones; {@code cleanShare} of all that is drawn are clean. */
    static Mixture<Sample> mixed(Dataset<Sample> noisy, CleanPairs clean, double cleanShare) {
        return cleanShare == 0
                ? Mixture.of(noisy)
                : new Mixture<>(List.of(
                        new Mixture.Part<>(noisy, 1 - cleanShare), new Mixture.Part<>(clean.rows(), cleanShare)));
    }

    /** Endless batches, shuffled; what cannot be used is reported and left out. */
    Batches<List<Pair>> batches(Mixture<Sample> pairs, int batch, long seed, Reporter reporter) {
        var loader = new Loader<Sample, Pair>(
                pairs,
                this::pair,
                pair -> pair.text().length(),
                LoaderOptions.training(batch, seed),
                new Reports(reporter)::leftOut);
        return Batches.loaded(loader, items -> items);
    }

    private static final class Reports {
        private final Reporter reporter;
        private int count;

        Reports(Reporter reporter) {
            this.reporter = reporter;
        }

        void leftOut(Row.Broken<Pair> row) {
            if (++count <= REPORTED) {
                reporter.say("left out: " + row.place() + ": " + row.reason()
                        + (count == REPORTED ? "; more of these are not reported" : ""));
            }
        }
    }

    private Pair pair(Sample sample, long seed) {
        var random = new SplittableRandom(seed);
        var texts = texts(sample);
        if (texts.isEmpty()) {
            throw new MedleyException("no text");
        }
        var text = Captions.preCaption(texts.get(random.nextInt(texts.size())), WORDS);
        var image = Images.read(sample.image().bytes(), sample.key(), LIMITS);
        return new Pair(inputs.pixels(image, random), text);
    }

    /** All texts capfilt has kept; those of the sample where it has not been. */
    static List<String> texts(Sample sample) {
        var kept = sample.metadata().path("capfilt").path("kept");
        if (!kept.isArray()) {
            return sample.texts();
        }
        var texts = new ArrayList<String>();
        kept.forEach(text -> texts.add(text.asString("")));
        return texts;
    }

    /** The tensors of a batch. */
    BlipPretraining.Batch tensors(List<Pair> pairs) {
        int each = pairs.get(0).pixels().length;
        var pixels = new float[pairs.size() * each];
        for (int i = 0; i < pairs.size(); i++) {
            System.arraycopy(pairs.get(i).pixels(), 0, pixels, i * each, each);
        }
        var texts = inputs.texts(pairs.stream().map(Pair::text).toList(), TOKENS);
        return new BlipPretraining.Batch(inputs.tensor(pixels), TuningInputs.ids(texts), TuningInputs.mask(texts));
    }
}
