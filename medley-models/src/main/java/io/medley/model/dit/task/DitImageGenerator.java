package io.medley.model.dit.task;

import io.medley.diffusion.Denoiser;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.Guidance;
import io.medley.diffusion.Noise;
import io.medley.diffusion.SampleHook;
import io.medley.image.RgbImage;
import io.medley.model.Gate;
import io.medley.task.GenerationOptions;
import io.medley.task.ImageGenerator;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.text.Padding;
import io.medley.text.Tokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Caption → tokens → noise made a picture step by step. Pictures go through in parts, so memory does not grow with their number. */
final class DitImageGenerator implements ImageGenerator {
    private static final int AT_ONCE = 16;

    /** What the network is told when nothing shall be said; it was trained with that, too. */
    static final String NOTHING = "";

    private final Gate gate;
    private final CaptionedDit model;
    private final DitDirectory directory;
    private final DiffusionSystem system;
    private final Tokenizer tokenizer;
    private final int length;

    DitImageGenerator(Gate gate, CaptionedDit model, DitDirectory directory, Tokenizer tokenizer) {
        this.gate = gate;
        this.model = model;
        this.directory = directory;
        this.system = directory.system().diffusion();
        this.tokenizer = tokenizer;
        this.length = directory.captionLength();
    }

    @Override
    public List<RgbImage> generate(String prompt, GenerationOptions options) {
        return draw(Collections.nCopies(options.count(), prompt), options);
    }

    @Override
    public List<RgbImage> generate(List<String> prompts, GenerationOptions options) {
        if (options.count() != 1) {
            throw new MedleyException("count is " + options.count() + "; of several texts one picture each is drawn");
        }
        return draw(prompts, options);
    }

    private List<RgbImage> draw(List<String> prompts, GenerationOptions options) {
        prompts.stream().distinct().forEach(this::check);
        return gate.run(() -> {
            var images = new ArrayList<RgbImage>();
            for (int first = 0; first < prompts.size(); first += AT_ONCE) {
                try (var scope = Scope.open()) {
                    var part = prompts.subList(first, Math.min(prompts.size(), first + AT_ONCE));
                    images.addAll(images(pixels(part, first, options)));
                }
            }
            return images;
        });
    }

    private void check(String prompt) {
        if (prompt.isBlank()) {
            throw new MedleyException("the text is empty; say what the picture shall show");
        }
        int tokens = tokenizer.encode(List.of(prompt), Padding.longest()).length();
        if (tokens > length) {
            throw new MedleyException("the text has " + tokens + " tokens, this model reads " + length + " at most: \""
                    + prompt + "\"; say it shorter");
        }
    }

    /** (B, 3, S, S), about −1 to 1. */
    private Tensor pixels(List<String> prompts, int first, GenerationOptions options) {
        var config = directory.config();
        var denoiser = denoiser(prompts, options.guidance());
        var drawn = DitSamplers.of(system, options)
                .sample(
                        // Guidance overshoots; there are no pixels beyond ±1.
                        directory.latent().isPresent() ? denoiser : denoiser.with(SampleHook.clip(1)),
                        Noise.seeded(options.seed(), first),
                        prompts.size(),
                        config.inChannels(),
                        config.imageSize(),
                        config.imageSize()); // float64
        return model.pictures(drawn.to(DType.FLOAT32));
    }

    private Denoiser denoiser(List<String> prompts, double guidance) {
        if (guidance == 0) {
            return denoiser(Collections.nCopies(prompts.size(), NOTHING));
        }
        var told = denoiser(prompts);
        return guidance == 1
                ? told
                : new Guidance(told, denoiser(Collections.nCopies(prompts.size(), NOTHING)), guidance);
    }

    private Denoiser denoiser(List<String> captions) {
        var told = model.told(tokenizer, captions);
        return system.denoiser((x, t) -> model.network().forward(x, t, told));
    }

    private List<RgbImage> images(Tensor pixels) {
        int side = directory.pictureSize();
        var bytes = pixels.add(1).mul(127.5).clamp(0, 255).permute(0, 2, 3, 1).toFloats(); // (B, S, S, 3)
        var images = new ArrayList<RgbImage>();
        int each = 3 * side * side;
        for (int from = 0; from < bytes.length; from += each) {
            var rgb = new byte[each];
            for (int i = 0; i < each; i++) {
                rgb[i] = (byte) Math.round(bytes[from + i]);
            }
            images.add(new RgbImage(side, side, rgb));
        }
        return images;
    }
}
