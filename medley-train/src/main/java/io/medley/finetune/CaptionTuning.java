package io.medley.finetune;

import io.medley.evaluate.Example;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipTokens;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.model.blip.task.BlipStart;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import io.medley.text.Captions;
import io.medley.text.TokenBatch;
import io.medley.train.Losses;
import io.medley.train.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Captions: the language-modelling loss of {@code train_caption.py}. A row is a picture with one of its captions; the prompt stands before
 * every caption and is not learnt.
 */
final class CaptionTuning implements Tuning<String, CaptionTuning.Item> {
    /** {@code max_length} of {@code BLIP_Decoder} and {@code max_words} of its data set. */
    private static final int TOKENS = 40;

    private static final int WORDS = 30;

    /** Pixels of B pictures, and B captions with their prompt. */
    record Item(float[] pixels, TokenBatch texts) {}

    private final TuningInputs inputs;
    private final BlipTokens tokens;
    private final BlipCaptioner model;
    private final Weights weights;
    private final List<Row<String>> rows;
    private final int promptLength;

    CaptionTuning(BlipStart start, TuningInputs inputs, List<Example.Captioned> examples, Weights weights) {
        this.inputs = inputs;
        this.tokens = start.tokens();
        this.weights = weights;
        this.model = new BlipCaptioner(weights, start.config());
        var prompt = start.config().prompt();
        // As upstream counts: all of the prompt's tokens but the closing one.
        this.promptLength = inputs.length(prompt) - 1;
        this.rows = captions(examples, prompt);
    }

    private static List<Row<String>> captions(List<Example.Captioned> examples, String prompt) {
        var rows = new ArrayList<Row<String>>();
        for (var example : examples) {
            for (var text : example.texts()) {
                var learnt = prompt + Captions.preCaption(text, WORDS);
                rows.add(new Row<>(example.key(), List.of(example.picture()), learnt, learnt));
            }
        }
        return rows;
    }

    @Override
    public List<Row<String>> rows() {
        return rows;
    }

    @Override
    public Item item(List<Row.Loaded<String>> loaded) {
        var texts = loaded.stream().map(Row.Loaded::content).toList();
        return new Item(TuningInputs.together(loaded, 0), inputs.texts(texts, TOKENS));
    }

    @Override
    public Losses losses(Item item, Step step) {
        var ids = BlipTokens.withFirst(TuningInputs.ids(item.texts), tokens.dec());
        var embeds = model.vision().forward(inputs.tensor(item.pixels));
        return Losses.of(
                "lm", model.loss(embeds, ids, TuningInputs.mask(item.texts), tokens.labels(ids, promptLength)));
    }

    @Override
    public Part part() {
        return Part.CAPTION;
    }

    @Override
    public Map<String, Tensor> weights() {
        return weights.parameters();
    }
}
