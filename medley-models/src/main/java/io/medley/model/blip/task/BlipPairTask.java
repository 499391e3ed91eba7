package io.medley.model.blip.task;

import io.medley.image.RgbImage;
import io.medley.model.Gate;
import io.medley.model.blip.BlipNlvr;
import io.medley.task.PairJudge;
import io.medley.tensor.Scope;
import io.medley.text.Captions;
import java.util.List;

/** Sentences about two pictures: the softmax of {@code BLIP_NLVR}. Sentences are cleaned by {@code pre_caption}, as in upstream's data set. */
final class BlipPairTask implements PairJudge {
    private final Gate gate;
    private final BlipInputs inputs;
    private final BlipNlvr model;

    BlipPairTask(Gate gate, BlipInputs inputs, BlipNlvr model) {
        this.gate = gate;
        this.inputs = inputs;
        this.model = model;
    }

    @Override
    public double[] truth(List<RgbImage> first, List<RgbImage> second, List<String> sentences) {
        Parts.requirePairs(first, sentences, "sentences");
        Parts.requirePairs(second, sentences, "sentences");
        Parts.requireTexts(sentences, "sentence");
        return gate.run(() -> {
            var results = new double[sentences.size()];
            int size = Parts.images(model.config(), 0, 0);
            var firsts = Parts.of(first, size);
            var seconds = Parts.of(second, size);
            var texts = Parts.of(sentences, size);
            for (int part = 0; part < texts.size(); part++) {
                try (var scope = Scope.open()) {
                    float[] truth = truthOf(firsts.get(part), seconds.get(part), texts.get(part));
                    for (int i = 0; i < truth.length; i++) {
                        results[part * size + i] = truth[i];
                    }
                }
            }
            return results;
        });
    }

    private float[] truthOf(List<RgbImage> first, List<RgbImage> second, List<String> sentences) {
        var clean = sentences.stream().map(Captions::preCaption).toList();
        var texts = inputs.texts(clean, inputs.longest(), inputs.tokens().enc());
        var left = model.vision().forward(inputs.pixels(first));
        var right = model.vision().forward(inputs.pixels(second));
        return model.logits(left, right, texts.ids(), texts.mask())
                .softmax(-1)
                .select(1, 1)
                .contiguous()
                .toFloats();
    }
}
