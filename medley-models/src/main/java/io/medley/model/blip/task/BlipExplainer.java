package io.medley.model.blip.task;

import io.medley.image.RgbImage;
import io.medley.model.Gate;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.blip.BlipVqa;
import io.medley.model.vit.VisionTransformer;
import io.medley.task.Explainer;
import io.medley.task.Explanation;
import io.medley.task.HeatMap;
import io.medley.task.WordMap;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.text.Captions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Grad-CAM on BLIP's cross-attention.
 *
 * <ul>
 *   <li>Matching: LAVIS' {@code compute_gradcam} for {@code BlipITM}: gradients of the match logit. A word's map is its token's row, the
 *       overall map the mean of the tokens'. In the last layer only the first token's row has gradients; it is the overall map there.
 *   <li>Captioning: a word's map comes from the gradients of that word's log-probability given the words before it.
 *   <li>Answering: gradients of the answer's log-probability at the question's cross-attention, the only place where the image is seen; so
 *       there is a map for each word of the question, and the explanation's text is question and answer.
 * </ul>
 */
public final class BlipExplainer implements Explainer {
    /** {@code max_length} of captions in the original's caption training. */
    private static final int CAPTION_TOKENS = 40;

    /** Copies of a caption that are differentiated at once; bounds the logits that are kept. */
    private static final int WORDS_AT_ONCE = 8;

    private final Gate gate;
    private final BlipInputs inputs;
    private final BlipHeads heads;
    private final long first;
    private final int layer;

    BlipExplainer(Gate gate, BlipInputs inputs, BlipHeads heads, long first, int layer) {
        this.gate = gate;
        this.inputs = inputs;
        this.heads = heads;
        this.first = first;
        this.layer = layer;
    }

    /** The layer LAVIS uses, 7 of 12 counted from 0, or what corresponds to it; never the last unless there is only one. */
    static int usualLayer(int layers) {
        return Math.max(0, Math.min(layers * 7 / 12, layers - 2));
    }

    /**
     * The same at another layer of the text transformer.
     *
     * @param other from 0 to the number of layers − 1
     */
    public BlipExplainer atLayer(int other) {
        int layers = layers();
        if (other < 0 || other >= layers) {
            throw new MedleyException("layer " + other + " does not exist; give 0 to " + (layers - 1));
        }
        return new BlipExplainer(gate, inputs, heads, first, other);
    }

    /** The layer whose cross-attention is shown, counted from 0. */
    public int layer() {
        return layer;
    }

    private int layers() {
        if (heads.matcher() != null) {
            return heads.matcher().config().text().layers();
        }
        if (heads.captioner() != null) {
            return heads.captioner().config().text().layers();
        }
        return heads.vqa() == null ? 0 : heads.vqa().config().text().layers();
    }

    @Override
    public boolean supports(Class<? extends Target> kind) {
        return kind == Target.Matching.class && heads.matcher() != null
                || kind == Target.Captioning.class && heads.captioner() != null
                || kind == Target.Answering.class && heads.vqa() != null;
    }

    @Override
    public List<Explanation> explain(List<RgbImage> images, List<Target> targets) {
        Parts.requirePairs(images, targets, "targets");
        return gate.run(() -> {
            var results = new ArrayList<Explanation>();
            for (int i = 0; i < images.size(); i++) {
                try (var scope = Scope.open();
                        var on = NoGrad.withGrad()) {
                    results.add(explainOne(images.get(i), targets.get(i)));
                }
            }
            return results;
        });
    }

    private Explanation explainOne(RgbImage image, Target target) {
        if (target instanceof Target.Matching matching && heads.matcher() != null) {
            return matching(heads.matcher(), image, text(matching.text(), "text"));
        }
        if (target instanceof Target.Captioning captioning && heads.captioner() != null) {
            return captioning(heads.captioner(), image, text(captioning.caption(), "caption"));
        }
        if (target instanceof Target.Answering answering && heads.vqa() != null) {
            return answering(
                    heads.vqa(), image, text(answering.question(), "question"), text(answering.answer(), "answer"));
        }
        throw new MedleyException(
                "this model has no head for " + target.getClass().getSimpleName() + "; load one that has");
    }

    private static String text(String text, String what) {
        if (text.isBlank()) {
            throw new MedleyException("the " + what + " to explain is empty; give one");
        }
        return text;
    }

    /** Image states that record gradients, so that attention to them does: the weights do not. (1, N, C). */
    private Tensor imageEmbeds(VisionTransformer vision, RgbImage image) {
        try (var off = NoGrad.open()) {
            return vision.forward(inputs.pixels(List.of(image))).detach().requiresGrad(true);
        }
    }

    private Explanation matching(BlipMatcher model, RgbImage image, String text) {
        var ids = inputs.texts(List.of(Captions.preCaption(text)), BlipInputs.TEXT_TOKENS, first)
                .ids();
        var embeds = imageEmbeds(model.vision(), image);
        var cam = GradCam.watch(layer, () -> model.itmLogits(ids, null, model.memory(embeds)));
        cam.result().select(1, 1).sum().backward();
        double probability =
                cam.result().detach().softmax(-1).select(1, 1).sum().item();
        float[][] tokens = BlipMatchTask.rows(cam.relevance(1, ids.size(1)).select(0, 0));
        boolean last = layer == model.config().text().layers() - 1;
        return explanation(text, probability, ints(ids), tokens, last, model.vision());
    }

    private Explanation captioning(BlipCaptioner model, RgbImage image, String caption) {
        int[] prompt = inputs.prompt(model.config().prompt());
        int most = Math.min(inputs.longest(), prompt.length + CAPTION_TOKENS);
        int[] ids = inputs.tokenizer().encode(model.config().prompt() + Captions.preCaption(caption), most);
        ids[0] = prompt[0];
        var relevance = new float[ids.length][];
        for (int i = 0; i < ids.length; i++) {
            relevance[i] = new float[model.vision().config().tokens() - 1];
        }
        double score = 0;
        var embeds = imageEmbeds(model.vision(), image);
        for (int start = prompt.length; start < ids.length; start += WORDS_AT_ONCE) {
            int end = Math.min(ids.length, start + WORDS_AT_ONCE);
            try (var scope = Scope.open()) {
                score += captionPart(model, embeds, ids, start, end, relevance);
            }
        }
        // Prompt and [SEP] have no maps of their own.
        var shown = ids.clone();
        Arrays.fill(shown, 0, prompt.length, prompt[0]);
        return explanation(caption, score, shown, relevance, false, model.vision());
    }

    /** Differentiates tokens start … end − 1, each in its own copy of the caption; returns the sum of their log-probabilities. */
    private double captionPart(BlipCaptioner model, Tensor embeds, int[] ids, int start, int end, float[][] relevance) {
        int rows = end - start;
        var copies = Tensor.of(Arrays.stream(ids).asLongStream().toArray(), 1, ids.length)
                .expand(rows, -1)
                .contiguous();
        var cam = GradCam.watch(layer, () -> model.decoder()
                .logits(copies, null, model.decoder().memory(embeds, null)));
        var position = new long[rows];
        var token = new long[rows];
        for (int r = 0; r < rows; r++) {
            position[r] = (long) r * ids.length + start + r - 1;
            token[r] = ids[start + r];
        }
        var score = cam.result()
                .reshape((long) rows * ids.length, cam.result().size(2))
                .indexSelect(0, Tensor.of(position, rows))
                .logSoftmax(-1)
                .gather(1, Tensor.of(token, rows, 1))
                .sum();
        score.backward();
        float[][] maps = BlipMatchTask.rows(cam.relevance(rows, ids.length).sum(1, false));
        System.arraycopy(maps, 0, relevance, start, rows);
        return score.item();
    }

    private Explanation answering(BlipVqa model, RgbImage image, String question, String answer) {
        var asked = inputs.texts(
                        List.of(Captions.preQuestion(question)),
                        BlipInputs.TEXT_TOKENS,
                        inputs.tokens().enc())
                .ids();
        var given = inputs.texts(
                        List.of(answer), inputs.longest(), inputs.tokens().dec())
                .ids();
        var embeds = imageEmbeds(model.vision(), image);
        var cam = GradCam.watch(layer, () -> model.questionStates(asked, null, model.memory(embeds)));
        long length = given.size(1);
        var score = model.answer()
                .logits(given, null, model.answer().memory(cam.result(), null))
                .narrow(1, 0, length - 1)
                .logSoftmax(-1)
                .gather(2, given.narrow(1, 1, length - 1).unsqueeze(2))
                .sum();
        score.backward();
        float[][] tokens = BlipMatchTask.rows(cam.relevance(1, asked.size(1)).select(0, 0));
        return explanation(question + " " + answer, score.item(), ints(asked), tokens, false, model.vision());
    }

    private Explanation explanation(
            String text, double score, int[] ids, float[][] tokens, boolean onlyFirst, VisionTransformer vision) {
        int grid = vision.config().grid();
        var words = new ArrayList<WordMap>();
        var all = new ArrayList<float[]>();
        for (int[] word : inputs.words(ids)) {
            var maps = Arrays.stream(word).mapToObj(i -> tokens[i]).toList();
            all.addAll(maps);
            var wordIds = Arrays.stream(word).map(i -> ids[i]).toArray();
            words.add(new WordMap(word(wordIds), new HeatMap(grid, grid, mean(maps, grid * grid))));
        }
        float[] overall = onlyFirst ? tokens[0] : mean(all, grid * grid);
        return new Explanation(text, score, new HeatMap(grid, grid, overall), words);
    }

    private String word(int[] ids) {
        var word = inputs.tokenizer().decode(ids);
        return word.isEmpty() ? inputs.tokenizer().token(ids[0]) : word;
    }

    private static float[] mean(List<float[]> maps, int size) {
        var mean = new float[size];
        for (float[] map : maps) {
            for (int i = 0; i < size; i++) {
                mean[i] += map[i] / maps.size();
            }
        }
        return mean;
    }

    private static int[] ints(Tensor ids) {
        return Arrays.stream(ids.toLongs()).mapToInt(Math::toIntExact).toArray();
    }
}
