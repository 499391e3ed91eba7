package io.medley.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a step does: sums, averages, freezes, goes on from a state, and stops when losses are no numbers. */
class TrainerTest {
    @Test
    void lossesFallAndAreTheirWeightedSum() throws IOException {
        var toy = new ToyTraining();
        var results = new ArrayList<Trainer.StepResult>();
        try (var batches = ToyTraining.batches()) {
            toy.trainer(ToyTraining.options(200)).run(toy::losses, batches, results::add);
        }
        assertThat(results).hasSize(200);
        var first = results.get(0);
        assertThat(first.loss())
                .isCloseTo(first.terms().get("error") + 0.5 * first.terms().get("pull"), within(1e-5));
        assertThat(first.terms()).containsOnlyKeys("error", "pull", "size");
        assertThat(first.samples()).isEqualTo(ToyTraining.BATCH);
        assertThat(results.get(199).terms().get("error"))
                .isLessThan(0.3 * results.get(0).terms().get("error"));
    }

    @Test
    void accumulatedBatchesGiveTheGradientOfTheirMean() {
        var whole = new ToyTraining();
        var split = new ToyTraining();
        var options = new Trainer.Options(1, Schedule.constant(1e-2), AdamW.Options.withDecay(0), 1e-3);
        // A clip far below the norm makes the step's direction, and with it every parameter, depend on the gradient.
        step(whole, options, batch -> Tensor.of(batch, 2L * ToyTraining.BATCH, 8), 2);
        step(split, options.withAccumulate(2), batch -> Tensor.of(batch, ToyTraining.BATCH, 8), 1);
        assertThat(split.hidden.sub(whole.hidden).abs().toFloats())
                .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-6f ? 0 : 1)
                .containsOnly(0f);
    }

    private interface Shape {
        Tensor of(float[] batch);
    }

    private static void step(ToyTraining toy, Trainer.Options options, Shape shape, int times) {
        try (var batches = Batches.numbered("toy", times * ToyTraining.BATCH, n -> values(n, times))) {
            toy.trainer(options)
                    .step(
                            (batch, step) -> {
                                var error = shape.of(batch)
                                        .linear(toy.hidden, toy.bias)
                                        .linear(toy.out, null)
                                        .sub(1);
                                return Losses.of("error", error.mul(error).mean());
                            },
                            batches);
        }
    }

    private static float[] values(long number, int times) {
        var values = new float[times * ToyTraining.BATCH * 8];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(number * ToyTraining.BATCH * 8 + i);
        }
        return values;
    }

    @Test
    void frozenParametersStayButAreSaved() throws IOException {
        var toy = new ToyTraining();
        var before = toy.hidden.toFloats();
        var learner = Learner.of(toy.weights).freeze(List.of("tower.*"));
        var trainer = new Trainer<float[]>(learner, ToyTraining.options(3));
        try (var batches = ToyTraining.batches()) {
            trainer.run(toy::losses, batches, result -> {});
        }
        assertThat(toy.hidden.toFloats()).containsExactly(before);
        assertThat(learner.tensors()).containsKey("tower.hidden.weight");
        assertThat(learner.parameters()).containsOnlyKeys("head.weight");
        assertThatThrownBy(() -> learner.freeze(List.of("towr.*")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("towr.*")
                .hasMessageContaining("head.weight");
    }

    @Test
    void aRestoredTrainingHasTheVeryLossesOfAnUninterruptedOne() throws IOException {
        var expected = new ArrayList<Double>();
        var toy = new ToyTraining();
        var trainer = toy.trainer(ToyTraining.options(30).withAccumulate(2));
        var other = new ToyTraining();
        var resumed = other.trainer(ToyTraining.options(30).withAccumulate(2));
        other.noise.normal(7); // somewhere else than the first one's
        try (var batches = ToyTraining.batches();
                var again = ToyTraining.batches()) {
            while (!trainer.finished()) {
                if (trainer.done() == 13) {
                    try (var scope = Scope.open()) {
                        resumed.restore(trainer.state(), "memory");
                    }
                    again.restore(batches.state());
                }
                double loss = trainer.step(toy::losses, batches).loss();
                if (trainer.done() > 13) {
                    expected.add(loss);
                }
            }
            var losses = new ArrayList<Double>();
            resumed.run(other::losses, again, result -> losses.add(result.loss()));
            assertThat(losses).hasSize(17).isEqualTo(expected);
        }
        assertThat(resumed.averaged().get("head.weight").toFloats())
                .containsExactly(trainer.averaged().get("head.weight").toFloats());
    }

    @Test
    void aStateOfAnotherModelIsRefused() {
        var toy = new ToyTraining();
        var trainer = toy.trainer(ToyTraining.options(5));
        var other = new Trainer<float[]>(
                Learner.of(new ToyTraining().weights), ToyTraining.options(5).withAverage(0));
        try (var scope = Scope.open()) {
            var state = other.state();
            assertThatThrownBy(() -> trainer.restore(state, "state.safetensors"))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageStartingWith("state.safetensors: not a state of this training");
        }
    }

    @Test
    void lossesThatAreNoNumbersStopItBeforeTheParametersChange() {
        var toy = new ToyTraining();
        var before = toy.out.toFloats();
        var trainer = toy.trainer(ToyTraining.options(5));
        try (var batches = ToyTraining.batches()) {
            assertThatThrownBy(() -> trainer.step(
                            (batch, step) -> Losses.of("bad", toy.out.sum().mul(Double.NaN)), batches))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("step 0: the loss is NaN {bad=NaN}");
            assertThatThrownBy(() -> trainer.step(
                            (batch, step) ->
                                    Losses.of("root", toy.out.sum().mul(0).sqrt()),
                            batches))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("norm of the gradients");
        }
        assertThat(toy.out.toFloats()).containsExactly(before);
    }
}
