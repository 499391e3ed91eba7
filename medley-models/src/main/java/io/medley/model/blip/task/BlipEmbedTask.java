package io.medley.model.blip.task;

import io.medley.image.RgbImage;
import io.medley.model.Gate;
import io.medley.model.blip.BlipMatcher;
import io.medley.task.Embedder;
import io.medley.task.EmbeddingSpace;
import io.medley.tensor.Scope;
import io.medley.text.Captions;
import java.util.ArrayList;
import java.util.List;

/** Unit vectors of the contrastive space (LAVIS' {@code extract_features}). Texts are cleaned and cut as for matching. */
final class BlipEmbedTask implements Embedder {
    private final Gate gate;
    private final BlipInputs inputs;
    private final BlipMatcher model;
    private final EmbeddingSpace space;

    BlipEmbedTask(Gate gate, BlipInputs inputs, BlipMatcher model, String modelName) {
        this.gate = gate;
        this.inputs = inputs;
        this.model = model;
        this.space = new EmbeddingSpace(modelName + "/itc", model.config().embedDim(), true);
    }

    @Override
    public EmbeddingSpace space() {
        return space;
    }

    @Override
    public float[][] images(List<RgbImage> images) {
        return gate.run(() -> {
            var rows = new ArrayList<float[]>();
            for (var part : Parts.of(images, Parts.images(model.config(), 0, 0))) {
                try (var scope = Scope.open()) {
                    var embeds = model.vision().forward(inputs.pixels(part));
                    rows.addAll(List.of(BlipMatchTask.rows(model.imageFeatures(embeds))));
                }
            }
            return rows.toArray(float[][]::new);
        });
    }

    @Override
    public float[][] texts(List<String> texts) {
        Parts.requireTexts(texts, "text");
        return gate.run(() -> {
            var clean = texts.stream().map(Captions::preCaption).toList();
            var rows = new ArrayList<float[]>();
            for (var part : Parts.of(clean, Parts.TEXTS)) {
                try (var scope = Scope.open()) {
                    var encoded = inputs.texts(
                            part, BlipInputs.TEXT_TOKENS, inputs.tokens().cls());
                    rows.addAll(List.of(BlipMatchTask.rows(model.textFeatures(encoded.ids(), encoded.mask()))));
                }
            }
            return rows.toArray(float[][]::new);
        });
    }
}
