package io.medley.model.blip.task;

import io.medley.image.RgbImage;
import io.medley.model.Gate;
import io.medley.model.blip.BlipClassifier;
import io.medley.task.Categorizer;
import io.medley.task.LabelScore;
import io.medley.tensor.Scope;
import io.medley.text.Captions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Categories: the softmax of {@link BlipClassifier}. */
final class BlipCategoryTask implements Categorizer {
    private final Gate gate;
    private final BlipInputs inputs;
    private final BlipClassifier model;
    private final List<String> labels;

    BlipCategoryTask(Gate gate, BlipInputs inputs, BlipClassifier model, List<String> labels) {
        this.gate = gate;
        this.inputs = inputs;
        this.model = model;
        this.labels = labels;
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    @Override
    public List<List<LabelScore>> categorize(List<RgbImage> images, List<String> texts) {
        Parts.requirePairs(images, texts, "texts");
        return gate.run(() -> {
            var results = new ArrayList<List<LabelScore>>();
            int size = Parts.images(model.config(), 0, 0);
            var textParts = Parts.of(texts, size);
            for (var part : Parts.of(images, size)) {
                try (var scope = Scope.open()) {
                    results.addAll(scores(part, textParts.get(results.size() / size)));
                }
            }
            return results;
        });
    }

    private List<List<LabelScore>> scores(List<RgbImage> images, List<String> texts) {
        var clean = texts.stream().map(Captions::preCaption).toList();
        var encoded =
                inputs.texts(clean, BlipInputs.TEXT_TOKENS, inputs.tokens().enc());
        float[] probabilities = model.logits(
                        model.vision().forward(inputs.pixels(images)), encoded.ids(), encoded.mask())
                .softmax(-1)
                .contiguous()
                .toFloats();
        var results = new ArrayList<List<LabelScore>>();
        for (int i = 0; i < images.size(); i++) {
            var scores = new ArrayList<LabelScore>();
            for (int c = 0; c < labels.size(); c++) {
                scores.add(new LabelScore(labels.get(c), probabilities[i * labels.size() + c]));
            }
            scores.sort(Comparator.comparingDouble(LabelScore::probability).reversed());
            results.add(scores);
        }
        return results;
    }
}
