package io.medley.model.blip.reference;

import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.KeyMap;
import io.medley.decode.BeamRules;
import io.medley.decode.Decoder;
import io.medley.decode.DecoderState;
import io.medley.decode.DecodingOptions;
import io.medley.decode.EarlyStopping;
import io.medley.decode.Strategy;
import io.medley.model.ModelWeights;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipConfigJson;
import io.medley.model.blip.BlipContrastive;
import io.medley.model.blip.BlipKeyMaps;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.blip.BlipTokens;
import io.medley.model.blip.BlipVqa;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Hugging Face's BLIP classes, from what {@code save_pretrained} writes. Keys are {@code case.in.*}, {@code case.out.*}, {@code case.mod.*}. */
final class HuggingFaceCases {
    private static final Pattern VISION_LAYER = Pattern.compile("vision_model\\.encoder\\.layers\\.(\\d+)");
    private static final double SMOOTHING = 0.1;

    private final ReferenceDirectory directory;
    private final Comparison results;
    private final BlipConfig config;
    private final BlipTokens tokens;
    private final KeyMap names;

    private interface Case<M> {
        void run(String name, ModelWeights.Built<M> loaded) throws IOException;
    }

    private HuggingFaceCases(ReferenceDirectory directory, Comparison results) {
        this.directory = directory;
        this.results = results;
        var setup = BlipConfigJson.huggingFace(directory.config());
        this.config = setup.config();
        this.tokens = setup.tokens();
        this.names = directory.upstreamClass().endsWith("BlipModel")
                ? BlipKeyMaps.HUGGING_FACE_CONTRASTIVE
                : BlipKeyMaps.HUGGING_FACE;
    }

    static void captioning(ReferenceDirectory directory, Comparison results) throws IOException {
        var cases = new HuggingFaceCases(directory, results);
        cases.each(w -> new BlipCaptioner(w, cases.headed(cases.config)), cases::captioning);
    }

    static void vqa(ReferenceDirectory directory, Comparison results) throws IOException {
        var cases = new HuggingFaceCases(directory, results);
        cases.each(w -> new BlipVqa(w, cases.headed(cases.config), cases.tokens), cases::vqa);
    }

    static void retrieval(ReferenceDirectory directory, Comparison results) throws IOException {
        var cases = new HuggingFaceCases(directory, results);
        cases.each(w -> new BlipMatcher(w, cases.config), cases::retrieval);
    }

    static void contrastive(ReferenceDirectory directory, Comparison results) throws IOException {
        var cases = new HuggingFaceCases(directory, results);
        cases.each(w -> new BlipContrastive(w, cases.config), cases::contrastive);
    }

    /** Whether the language-model head has its own matrix is up to the file. */
    private BlipConfig headed(BlipConfig from) {
        try {
            return directory.weights().names().contains("text_decoder.cls.predictions.decoder.weight")
                    ? from
                    : from.withTiedHead(true);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Every case gets fresh weights, since some record gradients. */
    private <M> void each(Function<Weights, M> build, Case<M> run) throws IOException {
        Checkpoint weights = names.apply(directory.weights());
        for (var name : caseNames()) {
            results.part(name, () -> {
                try (var trace = Trace.of(Steps.ALL)) {
                    var loaded = ModelWeights.trainable(weights, ModelWeights.Rules.STRICT, build);
                    run.run(name, loaded);
                    intermediates(name, trace);
                    gradients(name, loaded.weights());
                }
            });
        }
    }

    private Set<String> caseNames() {
        var names = new LinkedHashSet<String>();
        for (var key : results.keys()) {
            int dot = key.indexOf(".in.");
            if (dot > 0) {
                names.add(key.substring(0, dot));
            }
        }
        return names;
    }

    private JsonNode arguments(String name) {
        return directory.cases().path("cases").path(name).path("kwargs");
    }

    private boolean generates(String name) {
        return directory
                .cases()
                .path("cases")
                .path(name)
                .path("method")
                .asString("")
                .equals("generate");
    }

    private Optional<Tensor> input(String name, String argument) {
        var key = name + ".in." + argument;
        return results.has(key) ? Optional.of(results.input(key)) : Optional.empty();
    }

    private void out(String name, String field, Tensor actual) {
        results.checkIfPresent(name + ".out." + field, actual);
    }

    private void captioning(String name, ModelWeights.Built<BlipCaptioner> loaded) {
        var model = loaded.model();
        var embeds = model.vision().forward(results.input(name + ".in.pixel_values"));
        if (generates(name)) {
            captions(name, model, embeds);
            return;
        }
        var ids = results.input(name + ".in.input_ids");
        var logits = model.logits(embeds, ids, input(name, "attention_mask").orElse(Tensor.ones(ids.shape())));
        out(name, "logits", logits);
        out(name, "image_embeds", embeds);
        out(name, "last_hidden_state", embeds);
        input(name, "labels").ifPresent(labels -> {
            var loss = meanLoss(model.decoder().tokenLosses(logits, labels, SMOOTHING), labels);
            out(name, "loss", loss);
            results.checkIfPresent(name + ".mod.text_decoder", loss);
            loss.backward();
        });
    }

    /** The first id of the prompt becomes [DEC], the last is dropped. */
    private void captions(String name, BlipCaptioner model, Tensor embeds) {
        int rows = Math.toIntExact(embeds.size(0));
        var prompts = input(name, "input_ids")
                .map(given -> Ids.prompts(given.narrow(1, 0, given.size(1) - 1)))
                .orElseGet(() -> new int[rows][1]);
        for (int[] prompt : prompts) {
            prompt[0] = Math.toIntExact(tokens.dec());
        }
        input(name, "attention_mask").ifPresent(mask -> {
            if (mask.eq(0).to(DType.FLOAT32).sum().item() > 0) {
                throw new IllegalArgumentException("padded prompts are not supported; decode prompts of one length");
            }
        });
        var options = options(name);
        try (var state = model.start(embeds, options.maxLength())) {
            generated(name, state, prompts, options);
        }
    }

    private void vqa(String name, ModelWeights.Built<BlipVqa> loaded) {
        var model = loaded.model();
        var embeds = model.vision().forward(results.input(name + ".in.pixel_values"));
        var ids = results.input(name + ".in.input_ids");
        var mask = input(name, "attention_mask").orElse(Tensor.ones(ids.shape()));
        // Hugging Face leaves [CLS] where the original puts [ENC].
        var states = model.question().encode(ids, mask, model.memory(embeds));
        if (generates(name)) {
            var options = options(name);
            var prompts = new int[Math.toIntExact(ids.size(0))][];
            Arrays.fill(prompts, new int[] {Math.toIntExact(tokens.dec())});
            try (var state = model.start(states, null, options.maxLength())) {
                generated(name, state, prompts, options);
            }
            return;
        }
        out(name, "image_embeds", embeds);
        out(name, "last_hidden_state", embeds);
        var labels = results.input(name + ".in.labels");
        var decoderIds = input(name, "decoder_input_ids").orElse(labels);
        var logits = model.answer()
                .logits(
                        decoderIds,
                        input(name, "decoder_attention_mask").orElse(Tensor.ones(labels.shape())),
                        model.answer().memory(states, mask));
        var loss = meanLoss(model.answer().tokenLosses(logits, labels, SMOOTHING), labels);
        out(name, "loss", loss);
        results.checkIfPresent(name + ".mod.text_decoder", loss);
        loss.backward();
    }

    private void retrieval(String name, ModelWeights.Built<BlipMatcher> loaded) {
        var model = loaded.model();
        var embeds = model.vision().forward(results.input(name + ".in.pixel_values"));
        var ids = results.input(name + ".in.input_ids");
        var mask = input(name, "attention_mask").orElse(Tensor.ones(ids.shape()));
        out(name, "last_hidden_state", embeds);
        if (arguments(name).path("use_itm_head").asBoolean(true)) {
            out(name, "question_embeds", model.text().encode(ids, mask, model.memory(embeds)));
            out(name, "itm_score", model.itmLogits(ids, mask, model.memory(embeds)));
            return;
        }
        var states = model.text().encode(ids, mask, null);
        out(name, "question_embeds", states);
        results.checkIfPresent(
                name + ".mod.vision_proj", model.visionProjection().forward(embeds.select(1, 0)));
        results.checkIfPresent(name + ".mod.text_proj", model.textProjection().forward(states.select(1, 0)));
        out(
                name,
                "itm_score",
                model.imageFeatures(embeds).matmul(model.textFeatures(ids, mask).transpose(0, 1)));
    }

    private void contrastive(String name, ModelWeights.Built<BlipContrastive> loaded) {
        var model = loaded.model();
        var ids = results.input(name + ".in.input_ids");
        var image = model.imageFeatures(results.input(name + ".in.pixel_values"));
        var text = model.textFeatures(ids, input(name, "attention_mask").orElse(Tensor.ones(ids.shape())));
        out(name, "image_embeds", image);
        out(name, "text_embeds", text);
        var logits = model.logitsPerText(image, text);
        out(name, "logits_per_text", logits);
        out(name, "logits_per_image", logits.transpose(0, 1).contiguous());
        var loss = model.loss(logits);
        out(name, "loss", loss);
        loss.backward();
    }

    private static Tensor meanLoss(Tensor losses, Tensor labels) {
        var asked = labels.narrow(1, 1, labels.size(1) - 1).ne(-100).to(DType.FLOAT32);
        return losses.sum().div(asked.sum());
    }

    private DecodingOptions options(String name) {
        var json = arguments(name);
        int beams = json.path("num_beams").asInt(1);
        Strategy strategy = beams == 1
                ? new Strategy.Greedy()
                : new Strategy.Beam(
                        beams,
                        json.path("length_penalty").asDouble(1),
                        json.path("early_stopping").asBoolean(false) ? EarlyStopping.FIRST : EarlyStopping.HEURISTIC,
                        BeamRules.TRANSFORMERS_4_37);
        return new DecodingOptions(
                strategy,
                json.path("min_length").asInt(0),
                json.path("max_length").asInt(20),
                json.path("repetition_penalty").asDouble(1),
                json.path("num_return_sequences").asInt(1),
                Math.toIntExact(tokens.sep()));
    }

    private void generated(String name, DecoderState state, int[][] prompts, DecodingOptions options) {
        results.check(name + ".out.ids", Ids.padded(Decoder.decode(state, prompts, options), tokens.pad()));
    }

    private void intermediates(String name, Trace trace) {
        var prefix = name + ".mod.";
        for (var key : results.keys()) {
            if (!key.startsWith(prefix)) {
                continue;
            }
            var module = key.substring(prefix.length());
            var layer = VISION_LAYER.matcher(module);
            if (layer.matches()) {
                results.check(key, trace.get("visual_encoder.blocks." + layer.group(1)));
            } else if (module.equals("vision_model.embeddings")) {
                results.check(key, trace.get("visual_encoder.embeddings"));
            } else if (trace.all().containsKey(module)) {
                results.check(key, trace.get(module));
            }
        }
    }

    /** Stored as {@code case.parameter} under Hugging Face's names. */
    private void gradients(String name, Weights weights) throws IOException {
        var stored = directory.gradients();
        if (stored.isEmpty()) {
            return;
        }
        for (var key : stored.get().names()) {
            if (!key.startsWith(name + ".")) {
                continue;
            }
            var theirs = key.substring(name.length() + 1);
            var ours = names.apply(
                            Checkpoint.of(java.util.Map.of(theirs, stored.get().load(key))))
                    .names()
                    .iterator()
                    .next();
            var parameter = weights.parameters().get(weights.aliases().getOrDefault(ours, ours));
            var gradient = parameter == null ? null : parameter.grad();
            if (gradient == null) {
                results.fail("grad " + key, parameter == null ? "no parameter " + ours : "no gradient");
            } else {
                results.checkGradient(key, gradient);
            }
        }
    }
}
