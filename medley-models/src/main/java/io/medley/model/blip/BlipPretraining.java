package io.medley.model.blip;

import io.medley.loss.Contrastive;
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

/**
 * All of BLIP at once, with its three losses: {@code BLIP_Pretrain} of {@code models/blip_pretrain.py}.
 *
 * <ul>
 *   <li>ITC: images and texts, each encoded alone, are drawn together; the targets are softened by a momentum copy of the encoders.
 *   <li>ITM: a text that looks at an image tells whether they match; negatives are drawn by ITC similarity.
 *   <li>LM: a text that looks at an image predicts its own next token.
 * </ul>
 *
 * <p>The decoder shares everything with the encoder but self-attention and its head. B pairs, N image tokens, T text tokens, E embedding
 * width, Q queue size.
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
     */
    public record Options(int queueSize, double momentum) {}

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
        this.decoder = new MedDecoder(weights.at("text_decoder"), matcher.text());

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
        try (var off = NoGrad.open()) {
            temperature.clamp_(0.001, 0.5);
        }
        var imageEmbeds = matcher.vision().forward(batch.pixels()); // (B, N, C)
        var imageFeatures = matcher.imageFeatures(imageEmbeds); // (B, E)
        var textFeatures = matcher.textFeatures(batch.ids(), batch.mask()); // (B, E)

        var similarity = similarities(batch, imageFeatures, textFeatures, alpha);
        var itc = Contrastive.softTargets(similarity.imageToText, similarity.imageTargets)
                .add(Contrastive.softTargets(similarity.textToImage, similarity.textTargets))
                .div(2);

        var memory = matcher.memory(imageEmbeds);
        return new Losses(itc, itm(batch, memory, similarity, negatives), lm(batch, memory));
    }

    /** Similarities (B, B + Q) divided by the temperature, and what they should be. */
    private record Similarities(Tensor imageToText, Tensor textToImage, Tensor imageTargets, Tensor textTargets) {}

    private Similarities similarities(Batch batch, Tensor imageFeatures, Tensor textFeatures, double alpha) {
        Tensor allImages; // (E, B + Q)
        Tensor allTexts; // (E, B + Q)
        Tensor imageTargets;
        Tensor textTargets;
        try (var off = NoGrad.open()) {
            momentum.update(options.momentum());
            var imageMomentum = Trace.tap("image_feat_m", momentum.imageFeatures(batch.pixels()));
            var textMomentumFeatures = Trace.tap("text_feat_m", momentum.textFeatures(batch.ids(), batch.mask()));
            allImages = queue.imagesWith(imageMomentum);
            allTexts = queue.textsWith(textMomentumFeatures);
            imageTargets = targets(imageMomentum.matmul(allTexts).div(temperature), alpha);
            textTargets = targets(textMomentumFeatures.matmul(allImages).div(temperature), alpha);
            queue.enqueue(imageMomentum, textMomentumFeatures);
        }
        return new Similarities(
                imageFeatures.matmul(allTexts).div(temperature),
                textFeatures.matmul(allImages).div(temperature),
                imageTargets,
                textTargets);
    }

    /** α·softmax(similarities) + (1−α)·one-hot, the right partner of row i being column i. */
    private static Tensor targets(Tensor similarities, double alpha) {
        long rows = similarities.size(0);
        var own = Tensor.arange(similarities.size(1))
                .unsqueeze(0)
                .eq(Tensor.arange(rows).unsqueeze(1))
                .to(DType.FLOAT32);
        return similarities.softmax(1).mul(alpha).add(own.mul(1 - alpha));
    }

    /** B right pairs, then B texts with a wrong image, then B images with a wrong text, in one pass. */
    private Tensor itm(Batch batch, CrossMemory memory, Similarities similarity, HardNegatives negatives) {
        long size = batch.ids().size(0);
        Tensor wrongImage; // (B) for each text
        Tensor wrongText; // (B) for each image
        try (var off = NoGrad.open()) {
            var perText = Trace.tap("weights_t2i", weights(similarity.textToImage, size));
            var perImage = Trace.tap("weights_i2t", weights(similarity.imageToText, size));
            wrongImage = Trace.tap("neg_image_idx", negatives.draw(perText));
            wrongText = Trace.tap("neg_text_idx", negatives.draw(perImage));
        }
        var ids = BlipTokens.withFirst(batch.ids(), tokens.enc());
        var right = Tensor.arange(size);
        var texts = Tensor.cat(0, right, right, wrongText); // (3B)
        var images = Tensor.cat(0, right, wrongImage, right); // (3B)
        var logits = Trace.tap(
                "itm_logits",
                matcher.itmLogits(
                        ids.indexSelect(0, texts),
                        batch.mask().indexSelect(0, texts),
                        memory.select(images))); // (3B, 2)
        var labels = Tensor.cat(0, Tensor.full(1, DType.INT64, size), Tensor.zeros(DType.INT64, 2 * size));
        return logits.crossEntropy(labels, -100, 0).mean();
    }

    /** How often a partner is drawn: in proportion to its similarity, never the right one. */
    private static Tensor weights(Tensor similarity, long size) {
        var own = Tensor.arange(size).unsqueeze(0).eq(Tensor.arange(size).unsqueeze(1));
        return similarity.narrow(1, 0, size).softmax(1).add(1e-4).maskedFill(own, 0);
    }

    /** Next-token loss, mean over all real tokens. The decoder's cross-attention is the encoder's, so it can use the same memory. */
    private Tensor lm(Batch batch, CrossMemory memory) {
        var ids = BlipTokens.withFirst(batch.ids(), tokens.dec());
        var labels = tokens.labels(ids, 0);
        var logits = Trace.tap("lm_logits", decoder.logits(ids, batch.mask(), memory)); // (B, T, V)
        var asked = labels.narrow(1, 1, labels.size(1) - 1)
                .ne(-100)
                .to(DType.FLOAT32)
                .sum();
        return decoder.tokenLosses(logits, labels, SMOOTHING).sum().div(asked);
    }
}
