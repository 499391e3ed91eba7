package io.medley.bench;

import io.medley.decode.Decoder;
import io.medley.decode.DecodingOptions;
import io.medley.decode.Strategy;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipMatcher;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The peers' tasks on random weights: images encoded, captions of exactly {@value #NEW_TOKENS} new tokens after a prompt of four, texts of 30
 * tokens matched with an image. The length is forced, so that every contender does the same work.
 */
final class BlipTasks {
    static final int NEW_TOKENS = 20;
    private static final int[] PROMPT = {30522, 1037, 3861, 1997};
    private static final int END = 102;
    private static final int TEXT_TOKENS = 30;
    private static final int MOST_IMAGES = 8;
    private static final int LENGTH = PROMPT.length + NEW_TOKENS;

    private final RandomBlip blip;
    private final BlipConfig config;
    private final Tensor pixels;
    private @Nullable BlipCaptioner captioner;
    private @Nullable BlipMatcher matcher;

    BlipTasks(int imageSize, long seed) {
        this.config = BlipConfig.base(imageSize);
        this.blip = new RandomBlip(config, seed);
        this.pixels = Generator.of(seed + 1).normal(MOST_IMAGES, 3, imageSize, imageSize);
    }

    List<BenchTask> all() {
        var tasks = new ArrayList<BenchTask>();
        for (int images : new int[] {1, MOST_IMAGES}) {
            tasks.add(new BenchTask(
                    "enc_b" + images, () -> encode(images), images * Flops.image(config.vision()), images));
            tasks.add(caption("greedy", images, 1, new Strategy.Greedy(), 1));
            tasks.add(caption("beam3", images, 3, new Strategy.Beam(3), 1));
            tasks.add(caption("nuc1", images, 1, new Strategy.Sample(1, 0, 0.9, 1), 1));
            tasks.add(caption("nuc10", images, 10, new Strategy.Sample(1, 0, 0.9, 1), 10));
        }
        tasks.add(new BenchTask("itm_1x16", () -> match(1, 16), Flops.match(config, 1, 16, TEXT_TOKENS), 16));
        tasks.add(new BenchTask("itm_8x8", () -> match(8, 8), Flops.match(config, 8, 8, TEXT_TOKENS), 64));
        return tasks;
    }

    private BenchTask caption(String kind, int images, int rows, Strategy strategy, int samples) {
        var options = new DecodingOptions(strategy, LENGTH, LENGTH, 1, samples, END);
        return new BenchTask(
                "cap_" + kind + "_b" + images,
                () -> caption(images, options),
                Flops.caption(config, images, rows, PROMPT.length, NEW_TOKENS),
                images);
    }

    private void encode(int images) {
        var model = captioner();
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            model.vision().forward(pixels.narrow(0, 0, images));
        }
    }

    private void caption(int images, DecodingOptions options) {
        var prompts = new int[images][];
        Arrays.fill(prompts, PROMPT);
        var model = captioner();
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var embeds = model.vision().forward(pixels.narrow(0, 0, images));
            try (var state = model.start(embeds, LENGTH)) {
                var captions = Decoder.decode(state, prompts, options);
                if (captions.get(0).get(0).ids().length != LENGTH) {
                    throw new IllegalStateException("the caption has not the forced length: "
                            + captions.get(0).get(0).ids().length);
                }
            }
        }
    }

    private void match(int images, int texts) {
        var model = matcher();
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var memory = model.memory(model.vision().forward(pixels.narrow(0, 0, images)));
            model.itmLogits(texts(images * texts), null, memory).toFloats();
        }
    }

    private static Tensor texts(int count) {
        var ids = new long[count * TEXT_TOKENS];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 1000 + (i * 7919L) % 29000;
        }
        return Tensor.of(ids, count, TEXT_TOKENS);
    }

    // Made when first needed, before the task's scope opens: its end would free the weights.
    private BlipCaptioner captioner() {
        if (captioner == null) {
            captioner = blip.captioner();
        }
        return captioner;
    }

    private BlipMatcher matcher() {
        if (matcher == null) {
            matcher = blip.matcher();
        }
        return matcher;
    }
}
