package io.medley.model.blip.task;

import io.medley.decode.Continuation;
import io.medley.decode.Decoder;
import io.medley.decode.DecodingListener;
import io.medley.decode.DecodingOptions;
import io.medley.decode.Strategy;
import io.medley.image.RgbImage;
import io.medley.model.Gate;
import io.medley.model.blip.BlipTokens;
import io.medley.model.blip.BlipVqa;
import io.medley.task.Answer;
import io.medley.task.AnswerOptions;
import io.medley.task.Answerer;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.text.Captions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers as {@code BLIP_VQA} gives them. Questions are cleaned by {@code pre_question} and cut to 35 tokens.
 *
 * <p>Ranking: the candidates whose first token is likeliest (128 of them, as upstream, or as many as are to be returned) are scored whole,
 * with upstream's label smoothing of 0.1, and that score is {@link Answer#score()}. Writing freely: beam search; {@link Answer#score()} is
 * the sum of the tokens' log-probabilities, end token included.
 */
final class BlipAnswerTask implements Answerer {
    private static final int SCORED = 128;
    private static final long LOGITS = 16L << 20;

    private final Gate gate;
    private final BlipInputs inputs;
    private final BlipVqa model;

    BlipAnswerTask(Gate gate, BlipInputs inputs, BlipVqa model) {
        this.gate = gate;
        this.inputs = inputs;
        this.model = model;
    }

    /** A question's states (1, T, C). */
    private interface Reply {
        List<Answer> to(Tensor states);
    }

    @Override
    public List<List<Answer>> answer(List<RgbImage> images, List<String> questions, AnswerOptions options) {
        Parts.requirePairs(images, questions, "questions");
        Parts.requireTexts(questions, "question");
        return gate.run(() -> {
            var clean = questions.stream().map(Captions::preQuestion).toList();
            var reply = reply(options);
            var results = new ArrayList<List<Answer>>();
            int size = Parts.images(model.config(), 0, 0);
            var questionParts = Parts.of(clean, size);
            for (var part : Parts.of(images, size)) {
                try (var scope = Scope.open()) {
                    answerPart(Runs.of(part), questionParts.get(results.size() / size), reply, results);
                }
            }
            return results;
        });
    }

    private void answerPart(Runs runs, List<String> questions, Reply reply, List<List<Answer>> results) {
        var memory = model.memory(model.vision().forward(inputs.pixels(runs.images())));
        for (int run = 0; run < runs.count(); run++) {
            try (var scope = Scope.open()) {
                var asked = questions.subList(runs.start(run), runs.start(run) + runs.length(run));
                var texts = inputs.texts(
                        asked, BlipInputs.TEXT_TOKENS, inputs.tokens().enc());
                var states =
                        model.questionStates(texts.ids(), texts.mask(), memory.select(Tensor.of(new long[] {run}, 1)));
                for (int i = 0; i < asked.size(); i++) {
                    // Without its padding: then the answer is the same whatever is asked beside it.
                    results.add(reply.to(states.narrow(0, i, 1).narrow(1, 0, length(texts.mask(), i, states))));
                }
            }
        }
    }

    private static long length(@Nullable Tensor mask, int row, Tensor states) {
        return mask == null ? states.size(1) : mask.select(0, row).sum().itemLong();
    }

    private Reply reply(AnswerOptions options) {
        if (options.candidates().isEmpty()) {
            if (options.maxLength() > inputs.longest()) {
                throw new MedleyException("answers of up to " + options.maxLength()
                        + " tokens are asked for, but this model has " + inputs.longest() + " positions");
            }
            return states -> write(states, options);
        }
        var candidates = inputs.texts(
                options.candidates(), inputs.longest(), inputs.tokens().dec());
        return states -> rank(states, candidates, options);
    }

    private List<Answer> write(Tensor states, AnswerOptions options) {
        var decoding = new DecodingOptions(
                options.beams() == 1 ? new Strategy.Greedy() : new Strategy.Beam(options.beams()),
                options.minLength(),
                options.maxLength(),
                1,
                Math.min(options.top(), options.beams()),
                Math.toIntExact(inputs.tokens().sep()));
        var prompt = new int[][] {{Math.toIntExact(inputs.tokens().dec())}};
        try (var scope = Scope.open();
                var state = model.start(states, null, options.maxLength())) {
            return Decoder.decode(state, prompt, decoding, new long[1], DecodingListener.NONE).get(0).stream()
                    .map(this::written)
                    .toList();
        }
    }

    private Answer written(Continuation continuation) {
        double score = 0;
        for (float logProbability : continuation.logProbabilities()) {
            score += logProbability;
        }
        return new Answer(inputs.tokenizer().decode(continuation.tokens()).strip(), score, Math.exp(score));
    }

    private List<Answer> rank(Tensor states, BlipInputs.Texts candidates, AnswerOptions options) {
        try (var scope = Scope.open()) {
            var memory = model.answer().memory(states, null);
            int[] kept = likeliestStarts(candidates.ids(), memory, Math.max(options.top(), SCORED));
            long perRow = candidates.ids().size(1) * model.answer().config().vocabularySize();
            int rows = (int) Math.max(1, Math.min(kept.length, LOGITS / perRow));
            var scores = new double[kept.length];
            for (int start = 0; start < kept.length; start += rows) {
                try (var inner = Scope.open()) {
                    int end = Math.min(kept.length, start + rows);
                    var index = index(Arrays.copyOfRange(kept, start, end));
                    var mask =
                            candidates.mask() == null ? null : candidates.mask().indexSelect(0, index);
                    float[] losses = losses(candidates.ids().indexSelect(0, index), mask, memory);
                    for (int i = start; i < end; i++) {
                        scores[i] = -losses[i - start];
                    }
                }
            }
            return ranked(kept, scores, options);
        }
    }

    private float[] losses(Tensor ids, @Nullable Tensor mask, io.medley.model.med.CrossMemory memory) {
        var ones = mask == null ? Tensor.full(1, io.medley.tensor.DType.INT64, ids.shape()) : mask;
        return model.answerLosses(ids, ones, memory).toFloats();
    }

    private int[] likeliestStarts(Tensor ids, io.medley.model.med.CrossMemory memory, int most) {
        int count = Math.toIntExact(ids.size(0));
        if (count <= most) {
            return IntStream.range(0, count).toArray();
        }
        var start = BlipTokens.withFirst(
                ids.narrow(0, 0, 1).narrow(1, 0, 1), inputs.tokens().dec());
        var next = model.answer().logits(start, null, memory).select(1, 0).softmax(-1); // (1, V)
        var chosen = next.indexSelect(1, ids.select(1, 1)).topk(most).indices();
        return Arrays.stream(chosen.toLongs()).mapToInt(Math::toIntExact).toArray();
    }

    private static List<Answer> ranked(int[] kept, double[] scores, AnswerOptions options) {
        double best = Arrays.stream(scores).max().orElse(0);
        double sum = Arrays.stream(scores).map(s -> Math.exp(s - best)).sum();
        return IntStream.range(0, kept.length)
                .mapToObj(
                        i -> new Answer(options.candidates().get(kept[i]), scores[i], Math.exp(scores[i] - best) / sum))
                .sorted(Comparator.comparingDouble(Answer::score).reversed())
                .limit(options.top())
                .toList();
    }

    private static Tensor index(int[] values) {
        return Tensor.of(Arrays.stream(values).asLongStream().toArray(), values.length);
    }
}
