package io.medley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.Autocast;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.tensor.TensorException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Segments computed twice give the values and gradients of segments computed once. */
class ActivationCheckpointTest {
    private Scope scope;
    private final Weights weights = Weights.random(1);
    private final List<Linear> maps = List.of(
            new Linear(weights.at("0"), 16, 16),
            new Linear(weights.at("1"), 16, 16),
            new Linear(weights.at("2"), 16, 16));
    private final Tensor x = Generator.of(2).normal(4, 16);
    private final Tensor y = Generator.of(3).normal(4, 16);

    @BeforeEach
    void open() {
        scope = Scope.open();
        x.requiresGrad(true);
        y.requiresGrad(true);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** The loss, then the gradients of everything, of a computation. */
    private List<Tensor> run(Supplier<Tensor> computation) {
        var leaves = new ArrayList<>(weights.parameters().values());
        leaves.add(x);
        leaves.add(y);
        leaves.forEach(leaf -> leaf.setGrad(Tensor.zeros(leaf.shape())));
        var loss = computation.get();
        loss.backward();
        var results = new ArrayList<Tensor>();
        results.add(loss.detach());
        leaves.forEach(leaf -> results.add(leaf.grad().copy()));
        return results;
    }

    private static void same(List<Tensor> actual, List<Tensor> expected) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(gap(actual.get(i), expected.get(i))).as("result " + i).isLessThan(1e-6);
        }
    }

    private static double gap(Tensor a, Tensor b) {
        return a.sub(b).abs().reshape(-1).amax(0, false).item();
    }

    private Tensor deep(boolean on) {
        try (var saving = ActivationCheckpoint.open(on)) {
            var h = x;
            for (var map : maps) {
                var skip = h;
                h = ActivationCheckpoint.segment(h, in -> in.add(map.gelu(in)));
                // Another use of the segment's input and output outside of it.
                h = h.add(skip.mul(0.1));
            }
            return h.mul(y).sum();
        }
    }

    @Test
    void gradientsEqualThePlainOnes() {
        var plain = run(() -> deep(false));
        same(run(() -> deep(true)), plain);
        assertThat(plain.get(1).abs().sum().item()).isGreaterThan(1e-3);
    }

    @Test
    void segmentsRunTwiceAndOnlyWhereGradientsAreRecorded() {
        var calls = new AtomicInteger();
        Supplier<Tensor> pass = () -> ActivationCheckpoint.segment(x, in -> {
            calls.incrementAndGet();
            return maps.get(0).forward(in);
        });
        pass.get();
        assertThat(calls.getAndSet(0)).isEqualTo(1);
        try (var saving = ActivationCheckpoint.open(true)) {
            var result = pass.get();
            assertThat(calls.getAndSet(0)).isEqualTo(1);
            result.sum().backward();
            assertThat(calls.getAndSet(0)).isEqualTo(1);
            try (var off = NoGrad.open()) {
                assertThat(pass.get().requiresGrad()).isFalse();
            }
            try (var trace = Trace.of(name -> true)) {
                pass.get().sum().backward();
            }
            assertThat(calls.get()).isEqualTo(2);
        }
    }

    /** Two inputs, the same one twice, one that is not used, one without gradient; and a segment inside a segment. */
    private Tensor manyInputs(boolean again) {
        var constant = Generator.of(4).normal(4, 16);
        var inputs = List.of(x, y, x, maps.get(2).weight(), constant);
        java.util.function.Function<List<Tensor>, Tensor> segment = in -> {
            var inner = maps.get(0).forward(in.get(0).mul(in.get(1)));
            var nested = again
                    ? ActivationCheckpoint.recomputed(
                            List.of(inner), deeper -> maps.get(1).gelu(deeper.get(0)))
                    : maps.get(1).gelu(inner);
            return nested.add(in.get(2).mul(in.get(4)));
        };
        var h = again ? ActivationCheckpoint.recomputed(inputs, segment) : segment.apply(inputs);
        return h.pow(2).mean();
    }

    @Test
    void severalInputsAndNestedSegments() {
        same(run(() -> manyInputs(true)), run(() -> manyInputs(false)));
    }

    private Tensor dropped(Generator random, boolean again) {
        var h = x;
        for (var map : maps) {
            java.util.function.Function<List<Tensor>, Tensor> segment = in ->
                    map.forward(in.get(0)).mul(random.bernoulli(0.5, 4, 16)).mul(2);
            h = again ? ActivationCheckpoint.recomputed(List.of(h), segment, random) : segment.apply(List.of(h));
        }
        return h.mul(y).sum();
    }

    @Test
    void drawsOfTheSecondRunAreThoseOfTheFirst() {
        var one = Generator.of(5);
        var other = Generator.of(5);
        same(run(() -> dropped(one, true)), run(() -> dropped(other, false)));
        assertThat(one.uniform(3).toFloats()).isEqualTo(other.uniform(3).toFloats());
    }

    @Test
    void precisionOfTheSecondRunIsThatOfTheFirst() {
        Supplier<Tensor> computation = () -> {
            try (var low = Autocast.bfloat16(true)) {
                return deep(true).add(0);
            }
        };
        Supplier<Tensor> plain = () -> {
            try (var low = Autocast.bfloat16(true)) {
                return deep(false).add(0);
            }
        };
        // Forward rounds alike; sums of gradients are rounded in another order.
        var expected = run(plain);
        var actual = run(computation);
        assertThat(gap(actual.get(0), expected.get(0))).isZero();
        for (int i = 1; i < expected.size(); i++) {
            assertThat(gap(actual.get(i), expected.get(i)))
                    .isLessThan(0.02
                            * expected.get(i)
                                    .abs()
                                    .amax(0, false)
                                    .reshape(-1)
                                    .amax(0, false)
                                    .item());
        }
    }

    @Test
    void anErrorInTheSecondRunEndsBackward() {
        var calls = new AtomicInteger();
        var result = ActivationCheckpoint.recomputed(List.of(x), in -> {
            if (calls.getAndIncrement() > 0) {
                throw new IllegalStateException("no second time");
            }
            return in.get(0).mul(2);
        });
        assertThatThrownBy(() -> result.sum().backward())
                .isInstanceOf(TensorException.class)
                .hasMessageContaining("no second time");
    }

    @Test
    void atInferenceWhatASegmentComputesInsideIsFreedAsItEnds() {
        try (var off = NoGrad.open()) {
            var inside = new ArrayList<Tensor>();
            var result = ActivationCheckpoint.segment(x, in -> {
                inside.add(in.mul(2));
                return inside.get(0).add(1);
            });
            assertThat(inside.get(0)).hasToString("Tensor(freed)");
            assertThat(gap(result, x.mul(2).add(1))).isZero();
            assertThat(ActivationCheckpoint.segment(x, in -> in)).isSameAs(x);
            assertThat(x.sum().toFloats()).hasSize(1);
        }
    }
}
