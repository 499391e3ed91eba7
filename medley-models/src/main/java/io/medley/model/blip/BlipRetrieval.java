package io.medley.model.blip;

import io.medley.loss.Contrastive;
import io.medley.loss.Gather;
import io.medley.loss.GradientCache;
import io.medley.loss.HardNegatives;
import io.medley.loss.NegativeQueue;
import io.medley.nn.Init;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.List;

/**
 * Fine-tuning for retrieval: {@code BLIP_Retrieval} of {@code models/blip_retrieval.py}. ITC and ITM as in pre-training, but a picture may
 * come with several captions: pairs of the same picture are all right, and never drawn as negatives.
 *
 * <p>B pairs, N image tokens, T text tokens, E embedding width, Q queue size, W pairs of all processes together. With several processes, the
 * losses averaged over them are those of one process with all their pairs, if negatives are drawn from all (the original's ITC compares with
 * the own pairs and the queue).
 */
public final class BlipRetrieval {
    private final Options options;
    private final BlipTokens tokens;
    private final Tensor temperature;
    private final BlipMatcher matcher;
    private final MomentumEncoders momentum;
    private final NegativeQueue queue;

    /**
     * Choices of the objective.
     *
     * @param queueSize negatives kept from past batches (57600 in the original); a multiple of the batch size
     * @param momentum how slowly the momentum copy follows (0.995)
     * @param negativesOfAllProcesses whether wrong partners for ITM are drawn from the batches of all processes (COCO in the original)
     *     or from the own batch only (Flickr30k)
     * @param cache whether and in how large chunks the batch is encoded twice, to save memory
     */
    public record Options(int queueSize, double momentum, boolean negativesOfAllProcesses, GradientCache cache) {
        /** Everything kept in memory. */
        public Options(int queueSize, double momentum, boolean negativesOfAllProcesses) {
            this(queueSize, momentum, negativesOfAllProcesses, GradientCache.OFF);
        }
    }

    /** One batch: pixels (B, 3, S, S), ids (B, T) starting with [CLS], mask (B, T), identity of each picture (B) int64. */
    public record Batch(Tensor pixels, Tensor ids, Tensor mask, Tensor identities) {}

    /** The two losses, scalars; their sum is what is trained. */
    public record Losses(Tensor itc, Tensor itm) {
        public Tensor total() {
            return itc.add(itm);
        }
    }

    public BlipRetrieval(Weights weights, BlipConfig config, BlipTokens tokens, Options options) {
        this.options = options;
        this.tokens = tokens;
        this.temperature = weights.parameter("temp", Init.constant(0.07));
        this.matcher = new BlipMatcher(weights, config);
        this.momentum = new MomentumEncoders(weights, config);
        this.queue = NegativeQueue.withIdentities(weights, config.embedDim(), options.queueSize());
    }

    /** The trained part, for evaluation and use. */
    public BlipMatcher matcher() {
        return matcher;
    }

    /** Sets the momentum copy to the current weights; call once before training starts from weights that have none. */
    public void startMomentum() {
        momentum.copy();
    }

    /**
     * The losses of a batch; moves the momentum copy and the queue one step on.
     *
     * @param alpha weight of the momentum model's opinion in the ITC targets, 0 to 1
     * @param negatives how wrong partners are drawn for ITM
     * @param gather the other processes of the run; {@link Gather#SINGLE} when there are none
     */
    public Losses losses(Batch batch, double alpha, HardNegatives negatives, Gather gather) {
        try (var off = NoGrad.open()) {
            temperature.clamp_(0.001, 0.5);
        }
        var cache = options.cache;
        var imageEmbeds =
                cache.encode(List.of(batch.pixels), in -> matcher.vision().forward(in.get(0))); // (B, N, C)
        var imageFeatures = matcher.imageFeatures(imageEmbeds); // (B, E)
        var textFeatures = cache.encode(
                List.of(batch.ids, batch.mask), in -> matcher.textFeatures(in.get(0), in.get(1))); // (B, E)
        var itc = itc(batch, imageFeatures, textFeatures, alpha, gather);
        return new Losses(itc, itm(batch, imageEmbeds, imageFeatures, textFeatures, negatives, gather));
    }

    private Tensor itc(Batch batch, Tensor imageFeatures, Tensor textFeatures, double alpha, Gather gather) {
        Tensor allImages; // (E, W + Q)
        Tensor allTexts; // (E, W + Q)
        Tensor imageTargets;
        Tensor textTargets;
        try (var off = NoGrad.open()) {
            var identitiesOfAll = gather.values(batch.identities); // (W)
            var right = batch.identities
                    .unsqueeze(1)
                    .eq(queue.identitiesWith(identitiesOfAll).unsqueeze(0))
                    .to(DType.FLOAT32);
            var share = right.div(right.sum(1, true)); // (B, W + Q)
            momentum.update(options.momentum);
            var cache = options.cache;
            var imageMomentum = cache.encode(List.of(batch.pixels), in -> momentum.imageFeatures(in.get(0)));
            var textMomentum =
                    cache.encode(List.of(batch.ids, batch.mask), in -> momentum.textFeatures(in.get(0), in.get(1)));
            var imagesOfAll = gather.values(imageMomentum); // (W, E)
            var textsOfAll = gather.values(textMomentum); // (W, E)
            allImages = queue.imagesWith(imagesOfAll);
            allTexts = queue.textsWith(textsOfAll);
            imageTargets = targets(imageMomentum.matmul(allTexts), share, alpha);
            textTargets = targets(textMomentum.matmul(allImages), share, alpha);
            queue.enqueue(imagesOfAll, textsOfAll, identitiesOfAll);
        }
        return Contrastive.softTargets(imageFeatures.matmul(allTexts).div(temperature), imageTargets)
                .add(Contrastive.softTargets(textFeatures.matmul(allImages).div(temperature), textTargets))
                .div(2);
    }

    /** α·softmax(similarities / temperature) + (1−α)·share. */
    private Tensor targets(Tensor similarities, Tensor share, double alpha) {
        return similarities.div(temperature).softmax(1).mul(alpha).add(share.mul(1 - alpha));
    }

    /** B right pairs, then B texts with a wrong image, then B images with a wrong text, in one pass. */
    private Tensor itm(
            Batch batch,
            Tensor imageEmbeds,
            Tensor imageFeatures,
            Tensor textFeatures,
            HardNegatives negatives,
            Gather gather) {
        long size = batch.ids.size(0);
        boolean all = options.negativesOfAllProcesses;
        var world = all ? gather : Gather.SINGLE;
        Tensor wrongImage; // (B) of W, for each text
        Tensor wrongText; // (B) of W, for each image
        try (var off = NoGrad.open()) {
            var same = batch.identities
                    .unsqueeze(1)
                    .eq(world.values(batch.identities).unsqueeze(0)); // (B, W)
            var perText = Trace.tap("weights_t2i", weights(textFeatures, world.values(imageFeatures), same));
            var perImage = Trace.tap("weights_i2t", weights(imageFeatures, world.values(textFeatures), same));
            wrongImage = Trace.tap("neg_image_idx", negatives.draw(perText, world));
            wrongText = Trace.tap("neg_text_idx", negatives.draw(perImage, world));
        }
        long from = world.offset(size);
        var own = Tensor.arange(from, from + size); // of W
        var texts = Tensor.cat(0, own, own, wrongText); // (3B)
        var images = Tensor.cat(0, own, wrongImage, own); // (3B)
        var ids = world.texts(BlipTokens.withFirst(batch.ids, tokens.enc()), tokens.pad())
                .indexSelect(0, texts);
        var mask = world.texts(batch.mask, 0).indexSelect(0, texts);
        var logits = Trace.tap("itm_logits", itmLogits(ids, mask, world.withGradients(imageEmbeds), images)); // (3B, 2)
        var labels = Tensor.cat(0, Tensor.full(1, DType.INT64, size), Tensor.zeros(DType.INT64, 2 * size));
        return logits.crossEntropy(labels, -100, 0).mean();
    }

    /** Logits (3B, 2) of texts (3B, T) beside the images (3B) of all. */
    private Tensor itmLogits(Tensor ids, Tensor mask, Tensor imageEmbeds, Tensor images) {
        if (!options.cache.isOn()) {
            return matcher.itmLogits(ids, mask, matcher.memory(imageEmbeds).select(images));
        }
        return options.cache.encode(
                List.of(imageEmbeds.indexSelect(0, images), ids, mask),
                in -> matcher.itmLogits(in.get(1), in.get(2), matcher.memory(in.get(0))));
    }

    /** How often a partner is drawn: in proportion to its similarity, never one of the same picture. */
    private Tensor weights(Tensor features, Tensor others, Tensor same) {
        return features.matmul(others.transpose(0, 1))
                .div(temperature)
                .softmax(1)
                .maskedFill(same, 0);
    }
}
