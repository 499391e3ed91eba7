package io.medley.model.blip.task;

import io.medley.checkpoint.Checkpoint;
import io.medley.model.LoadOptions;
import io.medley.model.ModelWeights;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.blip.BlipPretrained;
import io.medley.model.blip.BlipVqa;
import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A model that is being put together; closed before it is finished, it frees what was loaded. */
final class BlipLoading implements AutoCloseable {
    /** Positions fit another image size by interpolation; everything else must fit as it is. */
    private static final ModelWeights.Rules RULES =
            new ModelWeights.Rules(List.of("visual_encoder.pos_embed"), List.of(OriginalBlip.TRAINING));

    private final BlipConfig config;
    private final BlipInputs inputs;
    private final List<Weights> weights = new ArrayList<>();
    private BlipHeads heads = BlipHeads.NONE;
    private boolean finished;

    BlipLoading(BlipConfig config, BlipInputs inputs) {
        this.config = config;
        this.inputs = inputs;
    }

    BlipConfig config() {
        return config;
    }

    /** Loads the weights of a part, strictly, half precision as float32. */
    void add(BlipDirectory.Part part, Checkpoint checkpoint) {
        switch (part) {
            case PRETRAIN -> heads = heads.withPretrained(built(checkpoint, w -> new BlipPretrained(w, config)));
            case CAPTION -> heads = heads.withCaptioner(built(checkpoint, w -> new BlipCaptioner(w, config)));
            case VQA -> heads = heads.withVqa(built(checkpoint, w -> new BlipVqa(w, config, inputs.tokens())));
            case ITM -> {
                // Weights tuned for retrieval have a temperature, the others have none.
                boolean learned = checkpoint.names().contains("temp");
                heads = built(checkpoint, w -> {
                    var with = heads.withMatcher(new BlipMatcher(w, config));
                    return learned ? with.withTemperature(w.parameter("temp", Init.constant(0.07))) : with;
                });
            }
        }
    }

    private <M> M built(Checkpoint checkpoint, Function<Weights, M> build) {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var built = ModelWeights.load(checkpoint, RULES, build);
            weights.add(built.weights());
            return built.model();
        }
    }

    BlipModel finish(String name, String json, LoadOptions options) {
        finished = true;
        return new BlipModel(name, config, json, inputs, heads, weights, options);
    }

    @Override
    public void close() {
        if (!finished) {
            for (var part : weights) {
                part.parameters().values().forEach(Tensor::close);
            }
            inputs.tokenizer().close();
        }
    }
}
