package io.medley.finetune;

import io.medley.evaluate.Example;
import io.medley.loss.Gather;
import io.medley.loss.GradientCache;
import io.medley.loss.HardNegatives;
import io.medley.model.blip.BlipRetrieval;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.model.blip.task.BlipStart;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import io.medley.text.Captions;
import io.medley.text.TokenBatch;
import io.medley.train.Losses;
import io.medley.train.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Retrieval: ITC and ITM of {@code train_retrieval.py}, with soft targets that know which captions are of the same picture. A row is a picture
 * with one of its captions.
 */
final class RetrievalTuning implements Tuning<RetrievalTuning.Caption, RetrievalTuning.Item> {
    private static final int TOKENS = 35;
    private static final int WORDS = 30;
    private static final double ALPHA = 0.4;
    private static final double MOMENTUM = 0.995;
    private static final int LONGEST_QUEUE = 57_600;

    /** A caption and the number of its picture. */
    record Caption(long identity, String text) {}

    record Item(float[] pixels, TokenBatch texts, long[] identities) {}

    private final TuningInputs inputs;
    private final BlipRetrieval model;
    private final Weights weights;
    private final List<Row<Caption>> rows;
    private final Generator generator;
    private final HardNegatives negatives;
    private final double stepsPerEpoch;

    /**
     * Call {@link #started} once the weights are filled.
     *
     * @param options with a batch
     */
    RetrievalTuning(
            BlipStart start,
            TuningInputs inputs,
            List<Example.Captioned> examples,
            Weights weights,
            FinetuneOptions options) {
        int batch = options.choices().batch();
        this.inputs = inputs;
        this.weights = weights;
        this.rows = captions(examples);
        this.stepsPerEpoch = Math.max(1.0, rows.size() / (double) batch);
        int queue = Math.max(1, Math.min(LONGEST_QUEUE, rows.size()) / batch) * batch;
        this.model = new BlipRetrieval(
                weights,
                start.config(),
                start.tokens(),
                new BlipRetrieval.Options(
                        queue,
                        MOMENTUM,
                        options.choices().negativesOfAllProcesses(),
                        new GradientCache(options.choices().chunk())));
        this.generator = Generator.of(options.training().seed() + 1);
        this.negatives = HardNegatives.random(generator);
    }

    private static List<Row<Caption>> captions(List<Example.Captioned> examples) {
        var rows = new ArrayList<Row<Caption>>();
        for (int i = 0; i < examples.size(); i++) {
            var example = examples.get(i);
            for (var text : example.texts()) {
                var caption = new Caption(i, Captions.preCaption(text, WORDS));
                rows.add(new Row<>(example.key(), List.of(example.picture()), caption.text(), caption));
            }
        }
        return rows;
    }

    /** Lets the momentum copy start from the weights. */
    void started() {
        model.startMomentum();
    }

    @Override
    public List<Row<Caption>> rows() {
        return rows;
    }

    @Override
    public Map<String, Generator> generators() {
        return Map.of("negatives", generator);
    }

    @Override
    public Item item(List<Row.Loaded<Caption>> loaded) {
        var texts = loaded.stream().map(row -> row.content().text()).toList();
        long[] identities =
                loaded.stream().mapToLong(row -> row.content().identity()).toArray();
        return new Item(TuningInputs.together(loaded, 0), inputs.texts(texts, TOKENS), identities);
    }

    @Override
    public Losses losses(Item item, Step step) {
        var batch = new BlipRetrieval.Batch(
                inputs.tensor(item.pixels),
                TuningInputs.ids(item.texts),
                TuningInputs.mask(item.texts),
                Tensor.of(item.identities, item.identities.length));
        // As upstream: the momentum model's opinion gains its weight over the first epoch.
        double alpha = ALPHA * Math.min(1, step.number() / stepsPerEpoch);
        var losses = model.losses(batch, alpha, negatives, Gather.SINGLE);
        return Losses.of("itc", losses.itc()).and("itm", losses.itm());
    }

    @Override
    public Part part() {
        return Part.RETRIEVAL;
    }

    /** The matcher and the temperature; momentum copies and queues have served. */
    @Override
    public Map<String, Tensor> weights() {
        return weights.parameters();
    }
}
