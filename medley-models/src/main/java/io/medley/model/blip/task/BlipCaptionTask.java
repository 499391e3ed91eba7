package io.medley.model.blip.task;

import io.medley.decode.BeamRules;
import io.medley.decode.Continuation;
import io.medley.decode.Decoder;
import io.medley.decode.DecodingListener;
import io.medley.decode.DecodingOptions;
import io.medley.decode.EarlyStopping;
import io.medley.decode.Strategy;
import io.medley.image.RgbImage;
import io.medley.model.Gate;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.med.CrossMemory;
import io.medley.task.Caption;
import io.medley.task.CaptionOptions;
import io.medley.task.CaptionWriter;
import io.medley.task.Captioner;
import io.medley.task.Decoding;
import io.medley.task.EncodedImages;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Captions as {@code BLIP_Decoder.generate} writes them, for any number of pictures. */
final class BlipCaptionTask implements Captioner {
    private final Gate gate;
    private final BlipInputs inputs;
    private final BlipCaptioner model;

    BlipCaptionTask(Gate gate, BlipInputs inputs, BlipCaptioner model) {
        this.gate = gate;
        this.inputs = inputs;
        this.model = model;
    }

    @Override
    public List<List<Caption>> caption(List<RgbImage> images, CaptionOptions options) {
        return gate.run(() -> {
            int[] prompt = prompt(options);
            int rows = options.decoding() instanceof Decoding.Beam beam ? beam.beams() : options.samples();
            var results = new ArrayList<List<Caption>>();
            for (var part : Parts.of(images, Parts.images(model.config(), rows, options.maxLength()))) {
                for (var continuations : decode(part, prompt, options, DecodingListener.NONE)) {
                    results.add(captions(prompt, continuations));
                }
            }
            return results;
        });
    }

    /** Captions of pictures whose keys and values are there already; within the gate. */
    List<List<Caption>> caption(CrossMemory memory, CaptionOptions options, long[] keys) {
        int[] prompt = prompt(options);
        var prompts = new int[keys.length][];
        Arrays.fill(prompts, prompt);
        try (var scope = Scope.open();
                var state = model.decoder().start(memory, options.maxLength())) {
            return Decoder.decode(state, prompts, decoding(options), keys, DecodingListener.NONE).stream()
                    .map(continuations -> captions(prompt, continuations))
                    .toList();
        }
    }

    /** See {@link io.medley.task.SharedEncoding#writer}. */
    CaptionWriter writer(CaptionOptions options, int pictures, Function<EncodedImages, CrossMemory> memory) {
        int[] prompt = prompt(options);
        return new BlipCaptionWriter(
                gate,
                model.decoder(),
                prompt,
                decoding(options),
                pictures,
                memory,
                continuations -> captions(prompt, continuations));
    }

    private List<Caption> captions(int[] prompt, List<Continuation> continuations) {
        return continuations.stream()
                .map(c -> new Caption(text(prompt, c.tokens()), c.score()))
                .toList();
    }

    @Override
    public Caption stream(RgbImage image, CaptionOptions options, Consumer<String> pieces) {
        if (options.decoding() instanceof Decoding.Beam || options.samples() != 1) {
            throw new MedleyException("a caption is streamed one at a time and from its start; "
                    + "use greedy decoding or nucleus sampling with one sample");
        }
        return gate.run(() -> {
            int[] prompt = prompt(options);
            var stream = new TextStream(pieces);
            var tokens = new ArrayList<Integer>();
            var continuation = decode(List.of(image), prompt, options, event -> {
                        tokens.add(event.token());
                        stream.grow(text(
                                prompt,
                                tokens.stream().mapToInt(Integer::intValue).toArray()));
                        return DecodingListener.Flow.CONTINUE;
                    })
                    .get(0)
                    .get(0);
            return new Caption(stream.finish(text(prompt, continuation.tokens())), continuation.score());
        });
    }

    private List<List<Continuation>> decode(
            List<RgbImage> images, int[] prompt, CaptionOptions options, DecodingListener listener) {
        var prompts = new int[images.size()][];
        Arrays.fill(prompts, prompt);
        try (var scope = Scope.open()) {
            var embeds = model.vision().forward(inputs.pixels(images)); // (B, N, C)
            try (var state = model.start(embeds, options.maxLength())) {
                // One key for all: what is drawn for a picture does not depend on its place.
                return Decoder.decode(state, prompts, decoding(options), new long[images.size()], listener);
            }
        }
    }

    private int[] prompt(CaptionOptions options) {
        int positions = inputs.longest();
        if (options.maxLength() > positions) {
            throw new MedleyException("captions of up to " + options.maxLength()
                    + " tokens are asked for, but this model has " + positions
                    + " positions; give a maximum of at most "
                    + positions);
        }
        var given = options.prompt();
        return inputs.prompt(given == null ? model.config().prompt() : given);
    }

    private DecodingOptions decoding(CaptionOptions options) {
        Strategy strategy;
        if (options.decoding() instanceof Decoding.Beam beam) {
            strategy = new Strategy.Beam(
                    beam.beams(), beam.lengthPenalty(), EarlyStopping.HEURISTIC, BeamRules.TRANSFORMERS_4_15);
        } else if (options.decoding() instanceof Decoding.Nucleus nucleus) {
            strategy = new Strategy.Sample(nucleus.temperature(), nucleus.topK(), nucleus.p(), options.seed());
        } else {
            strategy = new Strategy.Greedy();
        }
        return new DecodingOptions(
                strategy,
                options.minLength(),
                options.maxLength(),
                options.repetitionPenalty(),
                options.samples(),
                Math.toIntExact(inputs.tokens().sep()));
    }

    /** What was written after the prompt. Decoded together with it, since a first token may continue the prompt's last word. */
    private String text(int[] prompt, int[] tokens) {
        int[] all = Arrays.copyOf(prompt, prompt.length + tokens.length);
        System.arraycopy(tokens, 0, all, prompt.length, tokens.length);
        var start = inputs.tokenizer().decode(prompt);
        var whole = inputs.tokenizer().decode(all);
        return whole.startsWith(start)
                ? whole.substring(start.length()).strip()
                : inputs.tokenizer().decode(tokens).strip();
    }
}
