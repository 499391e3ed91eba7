package io.medley.recipe;

import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.scenes.Kind;
import io.medley.scenes.SceneObject;
import io.medley.scenes.SceneSample;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.scenes.ThingColor;
import io.medley.tensor.Autocast;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import io.medley.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gives the image encoder a start, as BLIP gives its own one from ImageNet: every patch tells which kind of thing it shows and in which
 * colour, and the class token which kinds there are. The heads are thrown away.
 */
public final class ScenesVision {
    private static final int NOTHING = Kind.values().length;
    private static final int FEWEST_PIXELS = 4;

    /** Pictures of this stage are far from those of the others. */
    private static final long FIRST_INDEX = 2_000_000_000L;

    private final ScenesOptions options;
    private final SceneBatches batches;
    private final Scenes scenes = Scenes.of(SceneSplit.TRAIN);
    private final int pictures;
    private final int grid;

    /** Pixels, kind and colour of each patch (nothing, −100 where there is no thing), kinds present as 0 or 1. */
    private record Item(float[] pixels, long[] kinds, long[] colors, float[] present) {}

    public ScenesVision(ScenesOptions options) {
        this.options = options;
        this.batches = new SceneBatches(options.imageSize());
        this.pictures = options.batch();
        this.grid = options.imageSize() / options.patchSize();
    }

    /** Trains and returns the encoder's weights under their names in BLIP. */
    public Map<String, Tensor> run(RunDirectory directory) throws IOException {
        var weights = Weights.random(options.seed() + 3);
        var vision = new VisionTransformer(
                weights.at("visual_encoder"), options.model(1).vision());
        var encoder = new LinkedHashMap<>(weights.parameters());
        try (var off = NoGrad.open()) {
            weights.parameter("visual_encoder.pos_embed").copy_(GridPositions.create(grid, options.width()));
        }
        StartWeights.copy(options, "model.safetensors", encoder);
        var heads = new Heads(weights.at("heads"), options.width());
        var trainer = new Trainer<Item>(
                Learner.of(weights),
                new Trainer.Options(
                        options.visionSteps(),
                        Schedule.cosine(options.learningRate(), options.learningRate() / 20, 50, options.visionSteps()),
                        AdamW.Options.withDecay(0.05),
                        1.0),
                directory.world());
        try (var items =
                Batches.numbered("scenes/train", pictures, directory.world().share(this::item))) {
            directory
                    .stage("vision", RunOptions.withSeed(options.seed()))
                    .train(trainer, (item, step) -> Losses.of(losses(vision, heads, item)), items);
        }
        return encoder;
    }

    /** Linear read-outs of the tokens. */
    private record Heads(Linear kind, Linear color, Linear present) {
        Heads(Weights weights, int width) {
            this(
                    new Linear(weights.at("kind"), width, NOTHING + 1),
                    new Linear(weights.at("color"), width, ThingColor.values().length),
                    new Linear(weights.at("present"), width, NOTHING));
        }
    }

    private Map<String, Tensor> losses(VisionTransformer vision, Heads heads, Item item) {
        try (var mixed = Autocast.bfloat16(options.bfloat16())) {
            var tokens = vision.forward(batches.tensor(item.pixels)); // (B, N, C)
            long count = (long) pictures * grid * grid;
            var patches = tokens.narrow(1, 1, (long) grid * grid).reshape(count, options.width());
            var kinds = Tensor.of(item.kinds, count);
            var kindLosses = heads.kind.forward(patches).crossEntropy(kinds, -100, 0);
            var losses = new LinkedHashMap<String, Tensor>();
            // Most patches show nothing; things and nothing count alike.
            losses.put(
                    "kind",
                    mean(kindLosses, kinds.ne(NOTHING))
                            .add(mean(kindLosses, kinds.eq(NOTHING)))
                            .div(2));
            var colors = Tensor.of(item.colors, count);
            losses.put("color", mean(heads.color.forward(patches).crossEntropy(colors, -100, 0), colors.ne(-100)));
            var present = Tensor.of(item.present, pictures, NOTHING);
            losses.put("present", binary(heads.present.forward(tokens.select(1, 0)), present));
            return losses;
        }
    }

    private static Tensor mean(Tensor values, Tensor where) {
        var weights = where.to(values.dtype());
        return values.mul(weights).sum().div(weights.sum());
    }

    /** Cross-entropy of independent yes-or-no questions: max(x, 0) − x·y + log(1 + e^−|x|), mean over all. */
    private static Tensor binary(Tensor logits, Tensor truth) {
        var x = logits.to(truth.dtype());
        return x.relu().sub(x.mul(truth)).add(x.abs().neg().exp().add(1).log()).mean();
    }

    private Item item(long number) {
        var samples = new ArrayList<SceneSample>();
        var kinds = new long[pictures * grid * grid];
        var colors = new long[kinds.length];
        var present = new float[pictures * NOTHING];
        Arrays.fill(kinds, NOTHING);
        Arrays.fill(colors, -100);
        for (int i = 0; i < pictures; i++) {
            var sample = scenes.sample(options.firstPicture(FIRST_INDEX) + number * pictures + i, options.imageSize());
            samples.add(sample);
            var most = new int[grid * grid];
            for (var object : sample.objects()) {
                present[i * NOTHING + object.kind().ordinal()] = 1;
                label(object, i * grid * grid, most, kinds, colors);
            }
        }
        return new Item(batches.pixels(samples.stream().map(SceneSample::image).toList()), kinds, colors, present);
    }

    /** A patch belongs to the thing that covers most of it, if that is enough to see. */
    private void label(SceneObject object, int offset, int[] most, long[] kinds, long[] colors) {
        var covered = new int[grid * grid];
        for (int p = object.mask().nextSetBit(0); p >= 0; p = object.mask().nextSetBit(p + 1)) {
            int x = p % options.imageSize() / options.patchSize();
            int y = p / options.imageSize() / options.patchSize();
            covered[y * grid + x]++;
        }
        for (int p = 0; p < covered.length; p++) {
            if (covered[p] >= FEWEST_PIXELS && covered[p] > most[p]) {
                most[p] = covered[p];
                kinds[offset + p] = object.kind().ordinal();
                colors[offset + p] = object.color().ordinal();
            }
        }
    }
}
