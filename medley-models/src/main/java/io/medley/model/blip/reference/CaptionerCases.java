package io.medley.model.blip.reference;

import io.medley.decode.BeamRules;
import io.medley.decode.Continuation;
import io.medley.decode.Decoder;
import io.medley.decode.DecodingOptions;
import io.medley.decode.Strategy;
import io.medley.model.ModelWeights;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipConfigJson;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Tolerance;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.FlatParameters;
import io.medley.optim.Grouping;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code BLIP_Decoder}: the loss, its gradients, eight steps of training, decoding with caches, and {@code generate}. */
final class CaptionerCases {
    private static final String GENERATE = "generate.";

    private final ReferenceDirectory directory;
    private final Comparison results;
    private final BlipConfigJson.Setup setup;
    private final Texts texts;

    private CaptionerCases(ReferenceDirectory directory, Comparison results) throws IOException {
        this.directory = directory;
        this.results = results;
        this.setup = BlipConfigJson.upstream(directory.config());
        this.texts = new Texts(directory, setup);
    }

    static void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var cases = new CaptionerCases(directory, results);
        results.part("loss", cases::loss);
        results.part("cache", cases::cache);
        results.part("generate", cases::generate);
        results.part("beam_trace", cases::beamTrace);
        results.part("resized", cases::resized);
        results.part("train", cases::train);
    }

    private BlipCaptioner build(Weights weights) {
        return new BlipCaptioner(weights, setup.config());
    }

    private BlipCaptioner frozen() throws IOException {
        return Loaded.frozen(directory, this::build);
    }

    /** Ids of the prompt that count: without its [SEP]. */
    private int promptLength() {
        return texts.tokenizer().encode(setup.config().prompt()).length - 1;
    }

    private void loss() throws IOException {
        var loaded = Loaded.trainable(directory, this::build);
        var model = loaded.model();
        var ids = results.input("input_ids");
        var mask = results.input("attention_mask");
        results.check(
                "input_ids",
                texts.ids(
                        Texts.strings(directory, "captions"),
                        ids.size(1),
                        setup.tokens().dec()));
        results.check("prompt_length", Tensor.of(new long[] {promptLength()}, new long[0]));
        var labels = setup.tokens().labels(ids, promptLength());
        results.check("labels", labels);
        try (var trace = Trace.of(Steps.ALL)) {
            var embeds = model.vision().forward(results.input("image"));
            results.check("image_embeds", embeds);
            var logits = model.logits(embeds, ids, mask);
            results.check("lm_logits", logits);
            Steps.compare(results, trace, "", "text_decoder.bert");
            var losses = model.decoder().tokenLosses(logits, labels, BlipCaptioner.SMOOTHING);
            results.check("per_token_loss", losses);
            results.check("loss_reduction_none", losses.sum(1, false));
            var loss = model.loss(embeds, ids, mask, labels);
            results.check("loss_lm", loss);
            results.check("loss_reduction_mean", loss);
            loss.backward();
        }
        Steps.gradients(results, loaded.weights());
    }

    private void cache() throws IOException {
        var model = frozen();
        var embeds = model.vision().forward(results.input("image"));
        var first = results.input("cache.step1_logits");
        int length = Math.toIntExact(first.size(1));
        var ids = results.input("input_ids");
        var memory = model.decoder().memory(embeds, null);
        results.check("cache.step1_logits", model.decoder().logits(ids.narrow(1, 0, length), null, memory));
        try (var state = model.decoder().start(memory, length + 1)) {
            var last = state.advance(Ids.rows(ids.narrow(1, 0, length)));
            results.compare("cache.step1_logits.last", first.select(1, length - 1), last, Tolerance.FLOAT32);
            results.check(
                    "cache.step2_logits",
                    state.advance(Ids.rows(ids.narrow(1, length, 1))).unsqueeze(1));
        }
    }

    private void generate() throws IOException {
        var model = frozen();
        var embeds = model.vision().forward(results.input("image"));
        var given = results.input("generate.prompt_ids");
        var prompts = Ids.prompts(given);
        var own = texts.tokenizer().encode(setup.config().prompt());
        own[0] = Math.toIntExact(setup.tokens().dec());
        var rows = new long[prompts.length][];
        Arrays.fill(rows, Texts.longs(Arrays.copyOf(own, own.length - 1)));
        results.check("generate.prompt_ids", Texts.tensor(rows));
        for (var key : results.keys()) {
            if (key.startsWith(GENERATE + "beams") && key.endsWith(".ids")) {
                var name = key.substring(0, key.length() - ".ids".length());
                results.part(name, () -> {
                    var options = new Arguments(name).options(setup.tokens().sep(), BeamRules.TRANSFORMERS_4_15);
                    check(name, decode(model, embeds, prompts, options));
                });
            }
        }
        if (results.has("nucleus_argmax.ids")) {
            results.part("nucleus_argmax", () -> nucleus(model, embeds, prompts));
        }
    }

    private void check(String name, List<List<Continuation>> generated) {
        var ids = Ids.padded(generated, setup.tokens().pad());
        results.check(name + ".ids", ids);
        var stored = Texts.strings(directory.cases().path("generate"), name);
        if (!stored.isEmpty()) {
            results.checkText(
                    name + ".texts",
                    stored,
                    generated.stream().map(row -> caption(row.get(0))).toList());
        }
    }

    /** The original decodes the whole sequence and cuts off as many characters as the prompt has. */
    private String caption(Continuation sequence) {
        var text = texts.tokenizer().decode(sequence.ids());
        int cut = setup.config().prompt().length();
        return text.length() <= cut ? "" : text.substring(cut);
    }

    private static List<List<Continuation>> decode(
            BlipCaptioner model, Tensor embeds, int[][] prompts, DecodingOptions options) {
        try (var state = model.start(embeds, options.maxLength())) {
            return Decoder.decode(state, prompts, options);
        }
    }

    /** Sampling that always took the likeliest token; top_p 0.9, max_length 14, min_length 5, repetition penalty 1.1, top_k 50. */
    private void nucleus(BlipCaptioner model, Tensor embeds, int[][] prompts) {
        var strategy = new Strategy.Sample(1, 50, 0.9, 0);
        int end = Math.toIntExact(setup.tokens().sep());
        var options = new DecodingOptions(new Strategy.Greedy(), 5, 14, 1.1, 1, end);
        var expected = results.input("nucleus_argmax.step_probs"); // (B, steps, V)
        try (var state = new StepScores(model.start(embeds, options.maxLength()))) {
            check("nucleus_argmax", Decoder.decode(state, prompts, options));
            var actual = expected.copy();
            for (int s = 0; s < state.steps().size(); s++) {
                var step = state.steps().get(s);
                var sequences = Ids.ints(step.ids());
                var probabilities =
                        Decoder.distribution(step.logits(), sequences, options.withStrategy(strategy), strategy);
                for (int r = 0; r < sequences.length; r++) {
                    // A finished row leaves our batch; the original goes on feeding it padding, with results nobody
                    // reads.
                    actual.select(0, step.contexts()[r])
                            .select(0, s)
                            .copy_(Tensor.of(probabilities[r], probabilities[r].length));
                }
            }
            results.check("nucleus_argmax.step_probs", actual);
        }
    }

    private void beamTrace() throws IOException {
        if (directory.files().file("beam_trace.safetensors").isEmpty()) {
            return;
        }
        var model = frozen();
        var embeds = model.vision().forward(results.input("image"));
        var prompts = Ids.prompts(results.input("generate.prompt_ids"));
        try (var cases =
                new FileCases("beam_trace:", directory.tensors("beam_trace.safetensors"), results, Tolerance.FLOAT32)) {
            for (var key : cases.keys()) {
                if (key.endsWith("/sequences")) {
                    results.part("beam_trace:" + key, () -> beamTrace(model, embeds, prompts, cases, key));
                }
            }
        }
    }

    private void beamTrace(BlipCaptioner model, Tensor embeds, int[][] prompts, FileCases cases, String key) {
        var run = key.substring(0, key.indexOf('/'));
        var arguments = new Arguments(run);
        var options = arguments.options(setup.tokens().sep(), BeamRules.TRANSFORMERS_4_15);
        try (var state = new StepScores(model.start(embeds, options.maxLength()))) {
            var generated = Decoder.decode(state, prompts, options);
            cases.check(key, Ids.padded(generated, setup.tokens().pad()));
            if (cases.keys().contains(run + "/sequences_scores")) {
                float[] scores =
                        new float[(int) generated.stream().mapToLong(List::size).sum()];
                int i = 0;
                for (var row : generated) {
                    for (var sequence : row) {
                        scores[i++] = (float) sequence.score();
                    }
                }
                cases.check(run + "/sequences_scores", Tensor.of(scores, scores.length));
            }
            if (cases.keys().contains(run + "/scores")) {
                var expected = cases.input(run + "/scores"); // (steps, images·beams, V)
                cases.check(run + "/scores", new BeamScores(arguments.beams(), options).over(state.steps(), expected));
            }
        }
    }

    /** The published weights at another image size. */
    private void resized() throws IOException {
        if (directory.files().file("cases_resized.safetensors").isEmpty()) {
            return;
        }
        try (var cases =
                new FileCases("resized:", directory.tensors("cases_resized.safetensors"), results, Tolerance.FLOAT32)) {
            var pixels = cases.input("image");
            var config = setup.config().withImageSize(Math.toIntExact(pixels.size(2)));
            var loaded = ModelWeights.load(
                    directory.weights(),
                    new ModelWeights.Rules(List.of("visual_encoder.pos_embed"), List.of()),
                    w -> new BlipCaptioner(w, config));
            cases.check(
                    "pos_embed",
                    java.util.Objects.requireNonNull(
                            loaded.weights().parameters().get("visual_encoder.pos_embed")));
            var model = loaded.model();
            var embeds = model.vision().forward(pixels);
            cases.check("image_embeds", embeds);
            var ids = cases.input("input_ids");
            cases.check(
                    "loss_lm",
                    model.loss(
                            embeds,
                            ids,
                            cases.input("attention_mask"),
                            setup.tokens().labels(ids, promptLength())));
        }
    }

    /** {@code torch.optim.AdamW(weight_decay=0.05)} on one batch, with the stored learning rates. */
    private void train() throws IOException {
        if (directory.files().file("train.safetensors").isEmpty()) {
            return;
        }
        try (var cases = new FileCases("train:", directory.tensors("train.safetensors"), results, Tolerance.TRAINED)) {
            var loaded = Loaded.trainable(directory, this::build);
            var model = loaded.model();
            var flat = new FlatParameters(loaded.weights().parameters(), Grouping.uniform());
            var optimizer = new AdamW(flat, AdamW.Options.withDecay(0.05));
            var ids = results.input("input_ids");
            var mask = results.input("attention_mask");
            var labels = setup.tokens().labels(ids, promptLength());
            var losses = new ArrayList<Double>();
            for (double learningRate : cases.input("lr").toDoubles()) {
                flat.zeroGradients();
                var loss = model.loss(model.vision().forward(results.input("image")), ids, mask, labels);
                losses.add(loss.item());
                loss.backward();
                optimizer.step(learningRate);
            }
            losses.add(model.loss(model.vision().forward(results.input("image")), ids, mask, labels)
                    .item());
            var doubles = losses.stream().mapToDouble(Double::doubleValue).toArray();
            cases.check("losses", Tensor.of(doubles, doubles.length));
            cases.check("losses_float64", Tensor.of(doubles, doubles.length));
            for (var key : cases.keys()) {
                if (key.startsWith("after.")) {
                    var parameter = loaded.weights().parameters().get(key.substring("after.".length()));
                    if (parameter == null) {
                        results.fail("train:" + key, "no parameter of that name");
                    } else {
                        cases.check(key, parameter);
                    }
                }
            }
        }
    }
}
