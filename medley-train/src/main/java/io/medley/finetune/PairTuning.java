package io.medley.finetune;

import io.medley.evaluate.Example;
import io.medley.model.blip.BlipNlvr;
import io.medley.model.blip.BlipTokens;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.model.blip.task.BlipStart;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.Tensor;
import io.medley.text.Captions;
import io.medley.text.TokenBatch;
import io.medley.train.Losses;
import io.medley.train.Step;
import java.util.List;
import java.util.Map;

/** Sentences about two pictures: the cross-entropy of {@code train_nlvr.py}. */
final class PairTuning implements Tuning<Example.Pair, PairTuning.Item> {
    private static final int WORDS = 40;

    record Item(float[] first, float[] second, TokenBatch texts, long[] truths) {}

    private final TuningInputs inputs;
    private final BlipTokens tokens;
    private final BlipNlvr model;
    private final Weights weights;
    private final List<Row<Example.Pair>> rows;

    PairTuning(BlipStart start, TuningInputs inputs, List<Example.Pair> examples, Weights weights) {
        this.inputs = inputs;
        this.tokens = start.tokens();
        this.weights = weights;
        this.model = new BlipNlvr(weights, start.config());
        this.rows = examples.stream()
                .map(example -> new Row<>(
                        example.key(),
                        List.of(example.first(), example.second()),
                        example.sentence() + " " + example.truth(),
                        example))
                .toList();
    }

    @Override
    public List<Row<Example.Pair>> rows() {
        return rows;
    }

    @Override
    public Item item(List<Row.Loaded<Example.Pair>> loaded) {
        var texts = loaded.stream()
                .map(row -> Captions.preCaption(row.content().sentence(), WORDS))
                .toList();
        return new Item(
                TuningInputs.together(loaded, 0),
                TuningInputs.together(loaded, 1),
                inputs.texts(texts, Integer.MAX_VALUE),
                loaded.stream().mapToLong(row -> row.content().truth() ? 1 : 0).toArray());
    }

    @Override
    public Losses losses(Item item, Step step) {
        int pairs = item.truths.length;
        // Both pictures of all pairs in one pass, as upstream.
        var embeds = model.vision()
                .forward(Tensor.cat(0, inputs.tensor(item.first), inputs.tensor(item.second))); // (2B, N, C)
        var logits = model.logits(
                embeds.narrow(0, 0, pairs),
                embeds.narrow(0, pairs, pairs),
                BlipTokens.withFirst(TuningInputs.ids(item.texts), tokens.enc()),
                TuningInputs.mask(item.texts));
        var truths = Tensor.of(item.truths, pairs);
        var right = logits.argmax(1).eq(truths).to(DType.FLOAT32).mean();
        return Losses.of("nlvr", logits.crossEntropy(truths, -100, 0).mean()).metric("accuracy", right);
    }

    @Override
    public Part part() {
        return Part.NLVR;
    }

    @Override
    public Map<String, Tensor> weights() {
        return weights.parameters();
    }
}
