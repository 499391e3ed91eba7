package io.medley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.optim.AdamW;
import io.medley.optim.FlatParameters;
import io.medley.optim.Grouping;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An adapted model starts as it was, trains its adapters only, and computes the same once they are merged. */
class LoraTest {
    private Scope scope;
    private final Weights weights = Weights.random(1);
    private final Linear first = new Linear(weights.at("first"), 24, 40);
    private final Linear second = new Linear(weights.at("second"), 40, 12);
    private final Linear head = new Linear(weights.at("head"), 12, 3);
    private final Generator random = Generator.of(2);

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private Tensor forward(Tensor x) {
        return head.forward(second.forward(first.gelu(x)));
    }

    private Lora attach() {
        return Lora.attach(
                weights,
                new Lora.Options(4, 8, path -> !path.equals("head"), name -> name.startsWith("head.")),
                random);
    }

    private Map<String, Tensor> copies() {
        var copies = new HashMap<String, Tensor>();
        weights.parameters()
                .forEach((name, tensor) -> copies.put(name, tensor.detach().copy()));
        return copies;
    }

    private static double gap(Tensor a, Tensor b) {
        return a.sub(b).abs().reshape(-1).amax(0, false).item();
    }

    @Test
    void startsAsItWas() {
        var x = random.normal(5, 24);
        var before = forward(x).detach();
        attach();
        assertThat(gap(forward(x), before)).isZero();
    }

    @Test
    void trainsNothingButAdaptersAndWhatIsNamed() {
        var lora = attach();
        assertThat(lora.parameters())
                .containsOnlyKeys(
                        "first.lora_A.weight",
                        "first.lora_B.weight",
                        "second.lora_A.weight",
                        "second.lora_B.weight",
                        "head.weight",
                        "head.bias");
        var before = copies();
        double start = train(lora, 1);
        assertThat(train(lora, 60)).isLessThan(0.5 * start);
        for (var name : before.keySet()) {
            var now = weights.parameter(name);
            assertThat(gap(now, before.get(name)) > 0).as(name).isEqualTo(name.startsWith("head."));
            assertThat(now.requiresGrad()).as(name).isEqualTo(name.startsWith("head."));
        }
    }

    /** Fits a random target; returns the last loss. */
    private double train(Lora lora, int steps) {
        var x = Generator.of(3).normal(16, 24);
        var target = Generator.of(4).normal(16, 3);
        var flat = new FlatParameters(lora.parameters(), Grouping.uniform());
        var optimizer = new AdamW(flat, AdamW.Options.withDecay(0));
        double last = 0;
        for (int i = 0; i < steps; i++) {
            flat.zeroGradients();
            var loss = forward(x).sub(target).pow(2).mean();
            loss.backward();
            optimizer.step(0.02);
            last = loss.item();
        }
        return last;
    }

    @Test
    void mergedEqualsUnmerged() {
        var lora = attach();
        train(lora, 20);
        var x = random.normal(7, 24);
        try (var off = NoGrad.open()) {
            var unmerged = forward(x);
            var plain = second.weight().copy();
            lora.merge();
            assertThat(gap(second.weight(), plain)).isGreaterThan(1e-3);
            assertThat(gap(forward(x), unmerged)).isLessThan(1e-6);
        }
        assertThatThrownBy(lora::merge).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> Lora.attach(weights, Lora.Options.of(4, 8, path -> false), random))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("first, second, head");
        assertThatThrownBy(() -> Lora.attach(weights, Lora.Options.of(12, 8, path -> true), random))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("rank 12");
        assertThatThrownBy(() -> Lora.Options.of(0, 8, path -> true)).isInstanceOf(MedleyException.class);
        assertThat(weights.parameter("first.weight").requiresGrad()).isTrue();
    }
}
