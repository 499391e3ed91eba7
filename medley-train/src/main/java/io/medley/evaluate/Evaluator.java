package io.medley.evaluate;

import io.medley.task.AnswerOptions;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.IntConsumer;

/** Evaluates a model at any of the tasks. */
public final class Evaluator {
    private final Model model;
    private final EvaluateOptions options;

    public Evaluator(Model model, EvaluateOptions options) {
        this.model = model;
        this.options = options;
    }

    /** The examples of a task that files hold. */
    public static List<? extends Example> examples(Task task, ExampleFiles files) {
        return switch (task) {
            case CAPTION, RETRIEVAL -> files.captioned();
            case VQA -> files.questions();
            case NLVR2 -> files.pairs();
            case CLASSIFY -> files.labelled();
        };
    }

    /** Whether the model has what the task needs. */
    public boolean can(Task task) {
        return switch (task) {
            case CAPTION -> model.captioner().isPresent();
            case RETRIEVAL -> model.retriever().isPresent() || model.embedder().isPresent();
            case VQA -> model.answerer().isPresent();
            case NLVR2 -> model.pairJudge().isPresent();
            case CLASSIFY ->
                model.categorizer().isPresent() || model.classifier().isPresent();
        };
    }

    /**
     * Asks the model every example. Those whose pictures cannot be read are left out, and a note says so.
     *
     * @param examples all of the kind that {@link #examples} gives for the task
     * @param progress told how many are done
     * @throws MedleyException when the model cannot do the task, or no picture can be read
     */
    public Evaluation run(Task task, List<? extends Example> examples, IntConsumer progress) {
        if (!can(task)) {
            throw new MedleyException(model.name() + ": has nothing for the task " + task.word()
                    + "; tune it first, or give another model");
        }
        var notes = new ArrayList<String>();
        var readable = readable(examples, notes);
        var evaluation = ask(task, readable, progress);
        notes.addAll(evaluation.notes());
        return new Evaluation(evaluation.task(), evaluation.figures(), evaluation.items(), notes);
    }

    /** Decodes every picture once before, which costs little beside the model, so that a damaged one does not end hours of work. */
    private static List<Example> readable(List<? extends Example> examples, List<String> notes) {
        var readable = new ArrayList<Example>();
        var sound = new HashSet<String>();
        String reason = "";
        for (var example : examples) {
            try {
                for (var picture : example.pictures()) {
                    if (!sound.contains(picture.name())) {
                        picture.load();
                        sound.add(picture.name());
                    }
                }
                readable.add(example);
            } catch (MedleyException e) {
                reason = String.valueOf(e.getMessage());
            }
        }
        int broken = examples.size() - readable.size();
        if (broken > 0 && readable.isEmpty()) {
            throw new MedleyException(
                    "none of " + broken + " examples has a picture that can be read, the last: " + reason);
        }
        if (broken > 0) {
            notes.add(broken + " of " + examples.size() + " examples left out, their pictures cannot be read, such as "
                    + reason);
        }
        return readable;
    }

    private Evaluation ask(Task task, List<? extends Example> examples, IntConsumer progress) {
        return switch (task) {
            case CAPTION ->
                new CaptionEvaluation(
                                model.captioner().orElseThrow(),
                                model.matcher(),
                                options.jars(),
                                options.captions(),
                                options.batch())
                        .run(only(Example.Captioned.class, examples), progress);
            case RETRIEVAL ->
                new RetrievalEvaluation(model, options.retrieval())
                        .run(only(Example.Captioned.class, examples), progress);
            case VQA -> answers(only(Example.Question.class, examples), progress);
            case NLVR2 ->
                new PairEvaluation(model.pairJudge().orElseThrow(), options.batch())
                        .run(only(Example.Pair.class, examples), progress);
            case CLASSIFY -> categories(only(Example.Labelled.class, examples), progress);
        };
    }

    private Evaluation answers(List<Example.Question> examples, IntConsumer progress) {
        var asked = options.answers();
        if (options.rankAnswers()) {
            asked = AnswerOptions.rank(examples.stream()
                            .flatMap(example -> example.answers().stream())
                            .distinct()
                            .sorted()
                            .toList())
                    .withTop(1);
        }
        return new AnswerEvaluation(model.answerer().orElseThrow(), asked, options.batch()).run(examples, progress);
    }

    private Evaluation categories(List<Example.Labelled> examples, IntConsumer progress) {
        var trained = model.categorizer();
        var evaluation = trained.isPresent()
                ? CategoryEvaluation.trained(trained.get(), examples, options.batch())
                : CategoryEvaluation.zeroShot(model.classifier().orElseThrow(), examples, options.batch());
        return evaluation.run(examples, progress);
    }

    private static <E extends Example> List<E> only(Class<E> kind, List<? extends Example> examples) {
        return examples.stream().map(kind::cast).toList();
    }
}
