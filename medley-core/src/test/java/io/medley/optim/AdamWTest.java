package io.medley.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Groups, layer-wise rates, moving averages: what AdamW does with each parameter. AdamW itself is replayed with BLIP's references. */
class AdamWTest {
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();

    private Tensor parameter(String name, long... shape) {
        var tensor = Tensor.ones(shape).requiresGrad(true);
        parameters.put(name, tensor);
        return tensor;
    }

    @Test
    void onlyMatricesDecayWhenAsked() {
        var matrix = parameter("linear.weight", 2, 2);
        var bias = parameter("linear.bias", 2);
        var flat = new FlatParameters(parameters, Grouping.decayMatricesOnly());
        // Gradients of zero: decay alone moves the values.
        new AdamW(flat, AdamW.Options.withDecay(0.1)).step(0.5);
        assertThat(matrix.toFloats()).containsOnly(0.95f);
        assertThat(bias.toFloats()).containsOnly(1f);
        var all = new FlatParameters(parameters, Grouping.uniform());
        new AdamW(all, AdamW.Options.withDecay(0.1)).step(0.5);
        assertThat(bias.toFloats()).containsOnly(0.95f);
    }

    @Test
    void lowerLayersLearnMoreSlowly() {
        var names = List.of("vit.patch.weight", "vit.blocks.0.w", "vit.blocks.1.w", "vit.norm.w", "head.w");
        names.forEach(name -> parameter(name, 1, 1));
        var grouping = Grouping.uniform().with(new LayerDecay(0.5, "vit.blocks"), names);
        var flat = new FlatParameters(parameters, grouping);
        flat.gradients().fill_(1);
        new AdamW(flat, AdamW.Options.withDecay(0)).step(0.1);
        // Adam's first step is the learning rate whatever the gradient: 1 − lr·0.5^(3 − layer).
        assertThat(parameters.get("vit.patch.weight").item()).isCloseTo(1 - 0.1 * 0.125, within(1e-6));
        assertThat(parameters.get("vit.blocks.0.w").item()).isCloseTo(1 - 0.1 * 0.25, within(1e-6));
        assertThat(parameters.get("vit.blocks.1.w").item()).isCloseTo(1 - 0.1 * 0.5, within(1e-6));
        assertThat(parameters.get("vit.norm.w").item()).isCloseTo(0.9, within(1e-6));
        assertThat(parameters.get("head.w").item()).isCloseTo(0.9, within(1e-6));
    }

    @Test
    void layersThatDoNotExistAreRefused() {
        assertThatThrownBy(() -> Grouping.uniform().with(new LayerDecay(0.5, "vit.layers"), List.of("vit.blocks.0.w")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("vit.layers");
    }

    @Test
    void theAverageFollowsSlowlyAndForgetsTheStart() {
        var weight = parameter("w", 1);
        var flat = new FlatParameters(parameters, Grouping.uniform());
        var average = new MovingAverage(flat, 0.9);
        flat.values().fill_(2);
        average.update(); // decay 1/10 at first
        assertThat(average.values().get("w").item()).isCloseTo(1.9, within(1e-6));
        average.resumeAt(1000);
        flat.values().fill_(3);
        average.update();
        assertThat(average.values().get("w").item()).isCloseTo(0.9 * 1.9 + 0.1 * 3, within(1e-6));
        assertThat(weight.item()).isEqualTo(3);
    }
}
