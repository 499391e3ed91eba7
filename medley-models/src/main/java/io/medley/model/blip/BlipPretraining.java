package io.medley.model.blip;

import io.medley.loss.Contrastive;
import io.medley.loss.Gather;
import io.medley.loss.GradientCache;
import io.medley.loss.HardNegatives;
import io.medley.loss.NegativeQueue;
import io.medley.model.med.CrossMemory;
import io.medley.model.med.MedDecoder;
import io.medley.nn.Init;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All of BLIP at once, with its three losses: {@code BLIP_Pretrain} of {@code models/blip_pretrain.py}.
 *
 * <ul>
 *   <li>ITC: images and texts, each encoded alone, are drawn together; the targets are softened by a momentum copy of the encoders.
 *   <li>ITM: a text that looks at an image tells whether they match; negatives are drawn by ITC similarity.
 *   <li>LM: a text that looks at an image predicts its own next token.
 * </ul>
 *
 * <p>The decoder shares with the encoder what {@link BlipConfig#sharing} says: everything but self-attention, and its head. B pairs, N image tokens, T text tokens, E embedding
 * width, Q queue size, W pairs of all processes together.
 *
 * <p>With several processes, the losses averaged over them are those of one process with all their pairs: every pair is compared with the
 * pairs of all processes, and wrong partners are drawn from all. (The original compares with the own pairs and the queue, and draws from the
 * own pairs.)
 */
public final class BlipPretraining {
    private static final double SMOOTHING = 0.1;

    private final BlipConfig config;
    private final Options options;
    private final BlipTokens tokens;
    private final Tensor temperature;
    private final BlipMatcher matcher;
    private final MedDecoder decoder;
    private final MomentumEncoders momentum;
    private final NegativeQueue queue;

    /**
     * Choices of the objective.
     *
     * @param queueSize negatives kept from past batches (57600 in the original); a multiple of the batch size
     * @param momentum how slowly the momentum copy follows (0.995)
     * @param cache whether and in how large chunks the batch is encoded twice, to save memory
     */
    public record Options(int queueSize, double momentum, GradientCache cache) {
        /** Everything kept in memory. */
        public Options(int queueSize, double momentum) {
            this(queueSize, momentum, GradientCache.OFF);
        }
    }

    /** One batch: pixels (B, 3, S, S), ids (B, T) starting with [CLS], mask (B, T). */
    public record Batch(Tensor pixels, Tensor ids, Tensor mask) {}

    /** The three losses, scalars; their sum is what is trained. */
    public record Losses(Tensor itc, Tensor itm, Tensor lm) {
        public Tensor total() {
            return itc.add(itm).add(lm);
        }
    }

    public BlipPretraining(Weights weights, BlipConfig config, BlipTokens tokens, Options options) {
        this.config = config;
        this.options = options;
        this.tokens = tokens;
        this.temperature = weights.parameter("temp", Init.constant(0.07));
        this.matcher = new BlipMatcher(weights, config);
        this.decoder = new MedDecoder(weights.at("text_decoder"), matcher.text(), config.sharing());

        this.momentum = new MomentumEncoders(weights, config);
        this.queue = new NegativeQueue(weights, config.embedDim(), options.queueSize());
    }

    public BlipConfig config() {
        return config;
    }

    /** The encoder half, for matching and retrieval. */
    public BlipMatcher matcher() {
        return matcher;
    }

    /** The decoder half, for captions. */
    public BlipCaptioner captioner() {
        return new BlipCaptioner(config, matcher.vision(), decoder);
    }

    /** Sets the momentum copy to the current weights; call once after random initialisation. */
    public void startMomentum() {
        momentum.copy();
    }

    /**
     * The three losses of a batch; moves the momentum copy and the queue one step on.
     *
     * @param alpha weight of the momentum model's opinion in the ITC targets, 0 to 1 (ramps up to 0.4 in the original)
     * @param negatives how wrong partners are drawn for ITM
     */
    public Losses losses(Batch batch, double alpha, HardNegatives negatives) {
        return losses(batch, alpha, negatives, Gather.SINGLE);
    }

    /** The same for a process of several: {@code gather} reaches the others, whose batches are of the same size. */
    public Losses losses(Batch batch, double alpha, HardNegatives negatives, Gather gather) {
        try (var off = NoGrad.open()) {
            temperature.clamp_(0.001, 0.5);
        }
        var cache = options.cache();
        var imageEmbeds =
                cache.encode(List.of(batch.pixels()), in -> matcher.vision().forward(in.get(0))); // (B, N, C)
        var imageFeatures = matcher.imageFeatures(imageEmbeds); // (B, E)
        var textFeatures = cache.encode(
                List.of(batch.ids(), batch.mask()), in -> matcher.textFeatures(in.get(0), in.get(1))); // (B, E)

        var similarity = similarities(batch, imageFeatures, textFeatures, alpha, gather);
        var itc = Contrastive.softTargets(similarity.imageToText, similarity.imageTargets)
                .add(Contrastive.softTargets(similarity.textToImage, similarity.textTargets))
                .div(2);

        // Where the decoder's cross-attention is the encoder's, both use the same keys and values; chunks make their
        // own.
        var memory = cache.isOn() ? null : matcher.memory(imageEmbeds);
        var written =
                memory == null || decoder.sharesMemory(matcher.text()) ? memory : decoder.memory(imageEmbeds, null);
        return new Losses(
                itc,
                itm(batch, imageEmbeds, memory, similarity, negatives, gather),
                lm(batch, imageEmbeds, written, gather));
    }

    /** Similarities (B, W + Q) divided by the temperature, and what they should be. */
    private record Similarities(Tensor imageToText, Tensor textToImage, Tensor imageTargets, Tensor textTargets) {}

    private Similarities similarities(
            Batch batch, Tensor imageFeatures, Tensor textFeatures, double alpha, Gather gather) {
        Tensor allImages; // (E, W + Q)
        Tensor allTexts; // (E, W + Q)
        Tensor imageTargets;
        Tensor textTargets;
        try (var off = NoGrad.open()) {
            momentum.update(options.momentum());
            var cache = options.cache();
            var imageMomentum = Trace.tap(
                    "image_feat_m",
                    cache.encode(List.of(batch.pixels()), in -> momentum.imageFeatures(in.get(0)))); // (B, E)
            var textMomentum = Trace.tap(
                    "text_feat_m",
                    cache.encode(
                            List.of(batch.ids(), batch.mask()),
                            in -> momentum.textFeatures(in.get(0), in.get(1)))); // (B, E)
            var imagesOfAll = gather.values(imageMomentum); // (W, E)
            var textsOfAll = gather.values(textMomentum); // (W, E)
            allImages = queue.imagesWith(imagesOfAll);
            allTexts = queue.textsWith(textsOfAll);
            long from = gather.offset(batch.ids().size(0));
            imageTargets = targets(imageMomentum.matmul(allTexts).div(temperature), alpha, from);
            textTargets = targets(textMomentum.matmul(allImages).div(temperature), alpha, from);
            queue.enqueue(imagesOfAll, textsOfAll);
        }
        return new Similarities(
                imageFeatures.matmul(allTexts).div(temperature),
                textFeatures.matmul(allImages).div(temperature),
                imageTargets,
                textTargets);
    }

    /** α·softmax(similarities) + (1−α)·one-hot, the right partner of row i being column {@code from} + i. */
    private static Tensor targets(Tensor similarities, double alpha, long from) {
        var own = own(similarities, from).to(DType.FLOAT32);
        return similarities.softmax(1).mul(alpha).add(own.mul(1 - alpha));
    }

    /** True where column {@code from} + i stands in row i; (B, N) of the shape of {@code similarities}. */
    private static Tensor own(Tensor similarities, long from) {
        var right = Tensor.arange(from, from + similarities.size(0)).unsqueeze(1);
        return Tensor.arange(similarities.size(1)).unsqueeze(0).eq(right);
    }

    /** B right pairs, then B texts with a wrong image, then B images with a wrong text, in one pass. */
    private Tensor itm(
            Batch batch,
            Tensor imageEmbeds,
            @Nullable CrossMemory memory,
            Similarities similarity,
            HardNegatives negatives,
            Gather gather) {
        long size = batch.ids().size(0);
        long all = size * gather.processes();
        long from = gather.offset(size);
        Tensor wrongImage; // (B) of W, for each text
        Tensor wrongText; // (B) of W, for each image
        try (var off = NoGrad.open()) {
            var perText = Trace.tap("weights_t2i", weights(similarity.textToImage, all, from));
            var perImage = Trace.tap("weights_i2t", weights(similarity.imageToText, all, from));
            wrongImage = Trace.tap("neg_image_idx", negatives.draw(perText, gather));
            wrongText = Trace.tap("neg_text_idx", negatives.draw(perImage, gather));
        }
        var own = Tensor.arange(from, from + size); // of W
        var texts = Tensor.cat(0, own, own, wrongText); // (3B) of W
        var ids = gather.texts(BlipTokens.withFirst(batch.ids(), tokens.enc()), tokens.pad())
                .indexSelect(0, texts);
        var mask = gather.texts(batch.mask(), 0).indexSelect(0, texts);
        var logits = Trace.tap("itm_logits", itmLogits(ids, mask, imageEmbeds, memory, wrongImage, gather)); // (3B, 2)
        var labels = Tensor.cat(0, Tensor.full(1, DType.INT64, size), Tensor.zeros(DType.INT64, 2 * size));
        return logits.crossEntropy(labels, -100, 0).mean();
    }

    /** Logits (3B, 2) of texts (3B, T) beside the own images, the wrong ones, and the own ones again. */
    private Tensor itmLogits(
            Tensor ids,
            Tensor mask,
            Tensor imageEmbeds,
            @Nullable CrossMemory memory,
            Tensor wrongImage,
            Gather gather) {
        var right = Tensor.arange(imageEmbeds.size(0));
        if (memory != null && gather.processes() == 1) {
            return matcher.itmLogits(ids, mask, memory.select(Tensor.cat(0, right, wrongImage, right)));
        }
        var wrongEmbeds = gather.withGradients(imageEmbeds).indexSelect(0, wrongImage); // (B, N, C)
        if (memory != null) {
            var both = memory.and(matcher.memory(wrongEmbeds)); // of 2B images
            return matcher.itmLogits(
                    ids,
                    mask,
                    both.select(Tensor.cat(0, right, Tensor.arange(right.numel(), 2 * right.numel()), right)));
        }
        return options.cache()
                .encode(
                        List.of(Tensor.cat(0, imageEmbeds, wrongEmbeds, imageEmbeds), ids, mask),
                        in -> matcher.itmLogits(in.get(1), in.get(2), matcher.memory(in.get(0))));
    }

    /** How often a partner is drawn: in proportion to its similarity, never the right one. */
    private static Tensor weights(Tensor similarity, long all, long from) {
        var among = similarity.narrow(1, 0, all); // (B, W)
        return among.softmax(1).add(1e-4).maskedFill(own(among, from), 0);
    }

    /** Next-token loss, mean over all real tokens of all processes. */
    private Tensor lm(Batch batch, Tensor imageEmbeds, @Nullable CrossMemory memory, Gather gather) {
        var ids = BlipTokens.withFirst(batch.ids(), tokens.dec());
        var labels = tokens.labels(ids, 0);
        var asked = labels.narrow(1, 1, labels.size(1) - 1)
                .ne(-100)
                .to(DType.FLOAT32)
                .sum();
        var losses = memory != null
                ? tokenLosses(ids, batch.mask(), labels, memory)
                : options.cache()
                        .encode(
                                List.of(imageEmbeds, ids, batch.mask(), labels),
                                in -> tokenLosses(in.get(1), in.get(2), in.get(3), decoder.memory(in.get(0), null)));
        return losses.sum().div(gather.mean(asked));
    }

    private Tensor tokenLosses(Tensor ids, Tensor mask, Tensor labels, CrossMemory memory) {
        var logits = Trace.tap("lm_logits", decoder.logits(ids, mask, memory)); // (B, T, V)
        return decoder.tokenLosses(logits, labels, SMOOTHING); // (B, T-1)
    }
}
