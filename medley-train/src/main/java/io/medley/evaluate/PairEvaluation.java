package io.medley.evaluate;

import io.medley.metric.Ranking;
import io.medley.task.PairJudge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Sentences about two pictures: accuracy at probability one half, and area under the ROC curve. */
public final class PairEvaluation {
    private static final double HALF = 0.5;

    private final PairJudge judge;
    private final int batch;

    public PairEvaluation(PairJudge judge, int batch) {
        this.judge = judge;
        this.batch = batch;
    }

    public Evaluation run(List<Example.Pair> examples, IntConsumer progress) {
        var truths = Parts.ask(examples, batch, progress, some -> Arrays.stream(judge.truth(
                        Parts.images(some, Example.Pair::first),
                        Parts.images(some, Example.Pair::second),
                        some.stream().map(Example.Pair::sentence).toList()))
                .boxed()
                .toList());
        var items = new ArrayList<Evaluation.Item>();
        for (int i = 0; i < examples.size(); i++) {
            var example = examples.get(i);
            double right = example.truth() ? truths.get(i) : 1 - truths.get(i);
            var facts = new LinkedHashMap<String, Object>();
            facts.put("sentence", example.sentence());
            facts.put("right", example.truth());
            facts.put("probability", truths.get(i));
            items.add(new Evaluation.Item(example.key(), right, List.of(example.first(), example.second()), facts));
        }
        var figures = new LinkedHashMap<String, Double>();
        figures.put(
                "accuracy", items.stream().filter(item -> item.score() > HALF).count() / (double) items.size());
        double[] yes = chosen(examples, truths, true);
        double[] no = chosen(examples, truths, false);
        if (yes.length > 0 && no.length > 0) {
            figures.put("AUC", Ranking.auc(yes, no));
        }
        figures.put("share true", yes.length / (double) items.size());
        return new Evaluation("nlvr2", figures, items, List.of());
    }

    private static double[] chosen(List<Example.Pair> examples, List<Double> truths, boolean truth) {
        return IntStream.range(0, examples.size())
                .filter(i -> examples.get(i).truth() == truth)
                .mapToDouble(truths::get)
                .toArray();
    }
}
