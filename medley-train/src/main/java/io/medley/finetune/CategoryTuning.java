package io.medley.finetune;

import io.medley.evaluate.Example;
import io.medley.model.blip.BlipClassifier;
import io.medley.model.blip.BlipTokens;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.model.blip.task.BlipStart;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import io.medley.text.Captions;
import io.medley.text.TokenBatch;
import io.medley.train.Losses;
import io.medley.train.Step;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Categories: the cross-entropy of LAVIS' {@code BlipClassification}, without momentum distillation. */
final class CategoryTuning implements Tuning<Example.Labelled, CategoryTuning.Item> {
    private static final int TOKENS = 35;

    record Item(float[] pixels, TokenBatch texts, long[] labels) {}

    private final TuningInputs inputs;
    private final BlipTokens tokens;
    private final List<String> labels;
    private final BlipClassifier model;
    private final Weights weights;
    private final List<Row<Example.Labelled>> rows;

    CategoryTuning(BlipStart start, TuningInputs inputs, List<Example.Labelled> examples, Weights weights) {
        this.inputs = inputs;
        this.tokens = start.tokens();
        this.weights = weights;
        this.labels = List.copyOf(
                new TreeSet<>(examples.stream().map(Example.Labelled::label).toList()));
        if (labels.size() < 2) {
            throw new MedleyException("all examples belong to '" + String.join("", labels)
                    + "'; give examples of two categories or more");
        }
        this.model = new BlipClassifier(weights, start.config(), labels.size());
        this.rows = examples.stream()
                .map(example -> new Row<>(
                        example.key(), List.of(example.picture()), example.text() + " " + example.label(), example))
                .toList();
    }

    @Override
    public List<Row<Example.Labelled>> rows() {
        return rows;
    }

    @Override
    public Item item(List<Row.Loaded<Example.Labelled>> loaded) {
        var texts = loaded.stream()
                .map(row -> Captions.preCaption(row.content().text()))
                .toList();
        return new Item(
                TuningInputs.together(loaded, 0),
                inputs.texts(texts, TOKENS),
                loaded.stream()
                        .mapToLong(row -> labels.indexOf(row.content().label()))
                        .toArray());
    }

    @Override
    public Losses losses(Item item, Step step) {
        var logits = model.logits(
                model.vision().forward(inputs.tensor(item.pixels)),
                BlipTokens.withFirst(TuningInputs.ids(item.texts), tokens.enc()),
                TuningInputs.mask(item.texts));
        var wanted = Tensor.of(item.labels, item.labels.length);
        var right = logits.argmax(1).eq(wanted).to(DType.FLOAT32).mean();
        return Losses.of("classify", logits.crossEntropy(wanted, -100, 0).mean())
                .metric("accuracy", right);
    }

    @Override
    public Part part() {
        return Part.CLASSIFY;
    }

    @Override
    public Map<String, Tensor> weights() {
        return weights.parameters();
    }

    @Override
    public List<String> labels() {
        return labels;
    }
}
