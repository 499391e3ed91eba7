package io.medley.finetune;

import io.medley.evaluate.Example;
import io.medley.model.blip.BlipVqa;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.model.blip.task.BlipStart;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import io.medley.text.Captions;
import io.medley.text.TokenBatch;
import io.medley.train.Losses;
import io.medley.train.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Questions: the loss of {@code train_vqa.py}. Every different answer is learnt, weighted by the share of people who gave it. */
final class AnswerTuning implements Tuning<Example.Question, AnswerTuning.Item> {
    private static final int TOKENS = 35;

    /** B questions; A answers of which each belongs to one. */
    record Item(float[] pixels, TokenBatch questions, TokenBatch answers, long[] owner, float[] weights) {}

    private final TuningInputs inputs;
    private final BlipVqa model;
    private final Weights weights;
    private final List<Row<Example.Question>> rows;

    AnswerTuning(BlipStart start, TuningInputs inputs, List<Example.Question> examples, Weights weights) {
        this.inputs = inputs;
        this.weights = weights;
        this.model = new BlipVqa(weights, start.config(), start.tokens());
        this.rows = examples.stream()
                .map(example -> new Row<>(
                        example.key(),
                        List.of(example.picture()),
                        example.question() + " " + example.answers(),
                        example))
                .toList();
    }

    @Override
    public List<Row<Example.Question>> rows() {
        return rows;
    }

    @Override
    public Item item(List<Row.Loaded<Example.Question>> loaded) {
        var questions = loaded.stream()
                .map(row -> Captions.preQuestion(row.content().question()))
                .toList();
        var answers = new ArrayList<String>();
        var owner = new ArrayList<Integer>();
        var shares = new ArrayList<Double>();
        for (int i = 0; i < loaded.size(); i++) {
            int question = i;
            shares(loaded.get(i).content().answers()).forEach((answer, share) -> {
                answers.add(answer);
                owner.add(question);
                shares.add(share);
            });
        }
        var weighed = new float[shares.size()];
        for (int i = 0; i < weighed.length; i++) {
            weighed[i] = shares.get(i).floatValue();
        }
        return new Item(
                TuningInputs.together(loaded, 0),
                inputs.texts(questions, TOKENS),
                inputs.texts(answers, TOKENS),
                owner.stream().mapToLong(Integer::longValue).toArray(),
                weighed);
    }

    /** Different answers in the order they first come, with the share of people who gave each. */
    static Map<String, Double> shares(List<String> answers) {
        var shares = new LinkedHashMap<String, Double>();
        answers.forEach(answer -> shares.merge(answer, 1.0 / answers.size(), Double::sum));
        return shares;
    }

    @Override
    public Losses losses(Item item, Step step) {
        var mask = TuningInputs.mask(item.questions);
        var memory = model.memory(model.vision().forward(inputs.tensor(item.pixels)));
        var states = model.questionStates(TuningInputs.ids(item.questions), mask, memory);
        return Losses.of(
                "vqa",
                model.loss(
                        states,
                        mask,
                        TuningInputs.ids(item.answers),
                        TuningInputs.mask(item.answers),
                        Tensor.of(item.owner, item.owner.length),
                        Tensor.of(item.weights, item.weights.length)));
    }

    @Override
    public Part part() {
        return Part.VQA;
    }

    @Override
    public Map<String, Tensor> weights() {
        return weights.parameters();
    }
}
