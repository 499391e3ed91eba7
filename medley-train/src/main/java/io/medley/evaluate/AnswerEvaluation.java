package io.medley.evaluate;

import io.medley.metric.VqaAccuracy;
import io.medley.task.AnswerOptions;
import io.medley.task.Answerer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntConsumer;

/** Answers against those of people: VQA accuracy, by type of question, and as both evaluators in use compute it. */
public final class AnswerEvaluation {
    private final Answerer answerer;
    private final AnswerOptions options;
    private final int batch;

    /** @param options with candidates the model ranks them, without it writes */
    public AnswerEvaluation(Answerer answerer, AnswerOptions options, int batch) {
        this.answerer = answerer;
        this.options = options;
        this.batch = batch;
    }

    public Evaluation run(List<Example.Question> examples, IntConsumer progress) {
        var said = Parts.ask(
                examples,
                batch,
                progress,
                some -> answerer.answer(
                        Parts.images(some, Example.Question::picture),
                        some.stream().map(Example.Question::question).toList(),
                        options));
        var consistent = new VqaAccuracy(VqaAccuracy.Rules.CONSISTENT);
        var official = new VqaAccuracy(VqaAccuracy.Rules.OFFICIAL);
        var lavis = new VqaAccuracy(VqaAccuracy.Rules.LAVIS);
        var overall = new Parts.Means();
        var types = new Parts.Means();
        var items = new ArrayList<Evaluation.Item>();
        for (int i = 0; i < examples.size(); i++) {
            var example = examples.get(i);
            var answer = said.get(i).get(0);
            double score = consistent.score(answer.text(), example.answers());
            overall.add("accuracy", score);
            overall.add("accuracy_official", official.score(answer.text(), example.answers()));
            overall.add("accuracy_lavis", lavis.score(answer.text(), example.answers()));
            types.add(example.type(), score);
            var facts = new LinkedHashMap<String, Object>();
            facts.put("question", example.question());
            facts.put("answer", answer.text());
            facts.put("right", example.answers());
            facts.put("probability", answer.probability());
            if (!example.type().isEmpty()) {
                facts.put("type", example.type());
            }
            items.add(new Evaluation.Item(example.key(), score, List.of(example.picture()), facts));
        }
        var figures = new LinkedHashMap<>(overall.means());
        types.means().forEach((type, mean) -> figures.put("accuracy " + type, mean));
        return new Evaluation("vqa", figures, items, List.of());
    }
}
