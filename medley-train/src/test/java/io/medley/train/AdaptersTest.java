package io.medley.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.nn.Linear;
import io.medley.nn.Lora;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The trainer moves the adapters of a model and leaves its weights alone; a checkpoint holds both. */
class AdaptersTest {
    @Test
    void onlyAdaptersAreTrainedAndAllIsSaved() {
        var weights = Weights.random(1);
        var first = new Linear(weights.at("first"), 8, 16);
        var second = new Linear(weights.at("second"), 16, 4);
        var before = copies(weights.parameters());
        var lora = Lora.attach(weights, Lora.Options.of(2, 4, path -> true), Generator.of(2));
        var start = copies(lora.parameters());
        var trainer = new Trainer<Tensor>(
                Learner.of(weights, lora),
                new Trainer.Options(10, Schedule.constant(1e-2), AdamW.Options.withDecay(0.05), 1.0)
                        .withCheckpointing(true));
        try (var batches = Batches.computed("noise", 4, n -> Generator.of(n).normal(4, 8))) {
            for (int i = 0; i < 10; i++) {
                trainer.step(
                        (x, step) -> Losses.of(
                                "size",
                                second.forward(first.forward(x)).sub(1).pow(2).mean()),
                        batches);
            }
        }
        before.forEach((name, value) ->
                assertThat(weights.parameter(name).toFloats()).as(name).isEqualTo(value));
        start.forEach((name, value) ->
                assertThat(lora.parameters().get(name).toFloats()).as(name).isNotEqualTo(value));
        var saved = new HashSet<>(before.keySet());
        saved.addAll(start.keySet());
        assertThat(trainer.learner().tensors().keySet()).isEqualTo(saved);
    }

    private static Map<String, float[]> copies(Map<String, Tensor> tensors) {
        var copies = new HashMap<String, float[]>();
        tensors.forEach((name, tensor) -> copies.put(name, tensor.toFloats()));
        return copies;
    }
}
