package io.medley.model.blip.reference;

import io.medley.decode.BeamRules;
import io.medley.decode.Decoder;
import io.medley.decode.DecodingOptions;
import io.medley.decode.EarlyStopping;
import io.medley.decode.Strategy;
import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipVqa;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Tolerance;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** {@code BLIP_VQA.forward}: the loss and its gradients, ranking a list of answers, generating them. */
final class VqaCases {
    private static final Pattern RANK = Pattern.compile("rank\\.k(\\d+)\\.max_ids");

    private final ReferenceDirectory directory;
    private final Comparison results;
    private final BlipConfigJson.Setup setup;
    private final Texts texts;
    private final Tensor questionIds;
    private final Tensor questionMask;

    private VqaCases(ReferenceDirectory directory, Comparison results) throws IOException {
        this.directory = directory;
        this.results = results;
        this.setup = BlipConfigJson.upstream(directory.config());
        this.texts = new Texts(directory, setup);
        this.questionIds = results.input("question_ids");
        this.questionMask = results.input("question_mask");
    }

    static void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var cases = new VqaCases(directory, results);
        results.check(
                "question_ids",
                cases.texts.ids(
                        Texts.strings(directory, "questions"),
                        cases.questionIds.size(1),
                        cases.setup.tokens().enc()));
        results.part("loss", cases::loss);
        results.part("rank", cases::rank);
        results.part("generate", cases::generate);
    }

    private BlipVqa build(Weights weights) {
        return new BlipVqa(weights, setup.config(), setup.tokens());
    }

    private void loss() throws IOException {
        var loaded = Loaded.trainable(directory, this::build);
        var model = loaded.model();
        var answerIds = results.input("answer_ids");
        var answerMask = results.input("answer_mask");
        results.check(
                "answer_ids",
                texts.ids(
                        Texts.strings(directory, "answers"),
                        answerIds.size(1),
                        setup.tokens().dec()));
        var owner = owner(results.input("n").toLongs());
        try (var trace = Trace.of(Steps.ALL)) {
            var embeds = model.vision().forward(results.input("image"));
            results.check("image_embeds", embeds);
            var states = model.questionStates(questionIds, questionMask, model.memory(embeds));
            results.check("question_states", states);
            Steps.compare(results, trace, "", "text_encoder");
            var memory = model.answer().memory(states, questionMask).select(owner);
            results.check("answer_logits", model.answer().logits(answerIds, answerMask, memory));
            results.check("answer_loss", model.answerLosses(answerIds, answerMask, memory));
            var loss = model.loss(states, questionMask, answerIds, answerMask, owner, results.input("weights"));
            results.check("loss", loss);
            loss.backward();
        }
        Steps.gradients(results, loaded.weights());
    }

    /** The question that each answer belongs to, from the number of answers of each. */
    private static Tensor owner(long[] counts) {
        var owner = new long[Math.toIntExact(Arrays.stream(counts).sum())];
        int at = 0;
        for (int q = 0; q < counts.length; q++) {
            Arrays.fill(owner, at, at += Math.toIntExact(counts[q]), q);
        }
        return Tensor.of(owner, owner.length);
    }

    private Tensor states(BlipVqa model) {
        var embeds = model.vision().forward(results.input("image"));
        return model.questionStates(questionIds, questionMask, model.memory(embeds));
    }

    private void rank() throws IOException {
        var model = Loaded.frozen(directory, this::build);
        var states = states(model);
        var ids = results.input("rank.answer_ids");
        var mask = results.input("rank.answer_mask");
        results.check(
                "rank.answer_ids",
                texts.ids(
                        Texts.strings(directory, "candidates"),
                        ids.size(1),
                        setup.tokens().dec()));
        for (var key : results.keys()) {
            var match = RANK.matcher(key);
            if (match.matches()) {
                int k = Integer.parseInt(match.group(1));
                results.part(key, () -> rank(model.rank(states, questionMask, ids, mask, k), "rank.k" + k + "."));
            }
        }
    }

    /**
     * Answers with the same first token tie, and which of them stands first is chance: both sides are put in order of probability, then of
     * id.
     */
    private void rank(BlipVqa.Ranked ranked, String prefix) {
        results.check(prefix + "topk_probs", ranked.firstProbabilities());
        var best = ranked.candidates().gather(1, ranked.scores().argmax(1).unsqueeze(1));
        results.check(prefix + "max_ids", best.squeeze(1));
        var expected = order(results.input(prefix + "topk_ids"), results.input(prefix + "topk_probs"));
        var actual = order(ranked.candidates(), ranked.firstProbabilities());
        results.compare(
                prefix + "topk_ids",
                results.input(prefix + "topk_ids").gather(1, expected),
                ranked.candidates().gather(1, actual),
                Tolerance.EXACT);
        results.compare(
                prefix + "log_probs_sum",
                results.input(prefix + "log_probs_sum").gather(1, expected),
                ranked.scores().gather(1, actual),
                Tolerance.FLOAT32);
    }

    /** (B, k): where each row's first, second, … entry stands. */
    private static Tensor order(Tensor ids, Tensor probabilities) {
        int k = Math.toIntExact(ids.size(1));
        long[] id = ids.contiguous().toLongs();
        float[] probability = probabilities.contiguous().toFloats();
        var places = new long[id.length];
        for (int row = 0; row < ids.size(0); row++) {
            int start = row * k;
            var sorted = IntStream.range(0, k)
                    .boxed()
                    .sorted(Comparator.<Integer>comparingDouble(i -> -probability[start + i])
                            .thenComparingLong(i -> id[start + i]))
                    .toList();
            for (int i = 0; i < k; i++) {
                places[start + i] = sorted.get(i);
            }
        }
        return Tensor.of(places, ids.size(0), k);
    }

    /** 3 beams, 1 to 10 tokens; the question's padding is seen too. */
    private void generate() throws IOException {
        if (!results.has("generate.ids")) {
            return;
        }
        var model = Loaded.frozen(directory, this::build);
        var prompts = new int[Math.toIntExact(questionIds.size(0))][];
        Arrays.fill(prompts, new int[] {Math.toIntExact(setup.tokens().dec())});
        var beam = new Strategy.Beam(3, 1, EarlyStopping.HEURISTIC, BeamRules.TRANSFORMERS_4_15);
        var options = new DecodingOptions(
                beam, 1, 10, 1, 1, Math.toIntExact(setup.tokens().sep()));
        try (var state = model.start(states(model), null, options.maxLength())) {
            var generated = Decoder.decode(state, prompts, options);
            results.check("generate.ids", Ids.padded(generated, setup.tokens().pad()));
            results.checkText(
                    "generated",
                    Texts.strings(directory, "generated"),
                    generated.stream()
                            .map(row -> texts.tokenizer().decode(row.get(0).ids()))
                            .toList());
        }
    }
}
