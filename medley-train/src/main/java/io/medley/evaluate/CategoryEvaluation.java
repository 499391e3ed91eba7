package io.medley.evaluate;

import io.medley.image.RgbImage;
import io.medley.task.Categorizer;
import io.medley.task.Classifier;
import io.medley.task.LabelScore;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;

/** Categories: accuracy, mean accuracy over categories, and accuracy of each. */
public final class CategoryEvaluation {
    private final BiFunction<List<RgbImage>, List<Example.Labelled>, List<List<LabelScore>>> classify;
    private final int batch;

    private CategoryEvaluation(
            BiFunction<List<RgbImage>, List<Example.Labelled>, List<List<LabelScore>>> classify, int batch) {
        this.classify = classify;
        this.batch = batch;
    }

    /**
     * Of categories a model was trained on.
     *
     * @throws MedleyException when an example belongs to another category
     */
    public static CategoryEvaluation trained(Categorizer categorizer, List<Example.Labelled> examples, int batch) {
        for (var example : examples) {
            if (!categorizer.labels().contains(example.label())) {
                throw new MedleyException(example.key() + ": belongs to '" + example.label()
                        + "', which the model does not know; it knows " + String.join(", ", categorizer.labels()));
            }
        }
        return new CategoryEvaluation(
                (images, some) -> categorizer.categorize(
                        images, some.stream().map(Example.Labelled::text).toList()),
                batch);
    }

    /** Of a model that was not trained on categories: zero-shot among those of the examples. */
    public static CategoryEvaluation zeroShot(Classifier classifier, List<Example.Labelled> examples, int batch) {
        var labels = List.copyOf(
                new TreeSet<>(examples.stream().map(Example.Labelled::label).toList()));
        return new CategoryEvaluation(
                (images, some) -> classifier.classify(images, labels, Classifier.DEFAULT_TEMPLATES), batch);
    }

    public Evaluation run(List<Example.Labelled> examples, IntConsumer progress) {
        var scores = Parts.ask(
                examples, batch, progress, some -> classify.apply(Parts.images(some, Example.Labelled::picture), some));
        var labels = new Parts.Means();
        var items = new ArrayList<Evaluation.Item>();
        int right = 0;
        for (int i = 0; i < examples.size(); i++) {
            var example = examples.get(i);
            var best = scores.get(i).get(0);
            boolean hit = best.label().equals(example.label());
            right += hit ? 1 : 0;
            labels.add(example.label(), hit ? 1 : 0);
            double probability = scores.get(i).stream()
                    .filter(score -> score.label().equals(example.label()))
                    .mapToDouble(LabelScore::probability)
                    .findFirst()
                    .orElse(0);
            var facts = new LinkedHashMap<String, Object>();
            if (!example.text().isEmpty()) {
                facts.put("text", example.text());
            }
            facts.put("label", best.label());
            facts.put("right", example.label());
            facts.put("probability", best.probability());
            items.add(new Evaluation.Item(example.key(), probability, List.of(example.picture()), facts));
        }
        var figures = new LinkedHashMap<String, Double>();
        figures.put("accuracy", right / (double) items.size());
        figures.put("mean accuracy of categories", labels.meanOfMeans());
        labels.means().forEach((label, mean) -> figures.put("accuracy " + label, mean));
        return new Evaluation("classify", figures, items, List.of());
    }
}
