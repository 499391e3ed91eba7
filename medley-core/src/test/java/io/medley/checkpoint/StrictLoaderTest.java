package io.medley.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StrictLoaderTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Checkpoint weights() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("fc.weight", Tensor.ones(2, 3).to(DType.FLOAT16));
        tensors.put("fc.biass", Tensor.ones(2));
        tensors.put("pos_embed", Tensor.ones(1, 5, 4));
        tensors.put("text.position_ids", Tensor.arange(4));
        return Checkpoint.of(tensors);
    }

    @Test
    void allThatDoesNotFitIsReportedTogether() {
        StrictLoader loader = StrictLoader.expecting(new LinkedHashMap<>(
                Map.of("fc.weight", new long[] {2, 3}, "fc.bias", new long[] {2}, "pos_embed", new long[] {1, 7, 4})));
        assertThat(loader.check(weights()))
                .isEqualTo(new StrictLoader.Report(
                        List.of("fc.bias"),
                        List.of("fc.biass", "text.position_ids"),
                        List.of(new StrictLoader.Misshaped("pos_embed", List.of(1L, 7L, 4L), List.of(1L, 5L, 4L)))));
        Map<String, Tensor> loaded = new HashMap<>();
        assertThatThrownBy(() -> loader.load(weights(), loaded::put))
                .isInstanceOf(MedleyException.class)
                .hasMessage(
                        "tensors in memory: weights do not fit the model: 1 missing, 2 unexpected, 1 of another shape,"
                                + " of 3 expected\n"
                                + "  missing     fc.bias [2]  (the file has fc.biass)\n"
                                + "  unexpected  fc.biass [2]\n"
                                + "  unexpected  text.position_ids [4]\n"
                                + "  shape       pos_embed is [1, 5, 4], expected [1, 7, 4]");
        assertThat(loaded).isEmpty();
    }

    @Test
    void ignoredKeysMayBeAbsentOrSuperfluousAndAdaptersMakeShapesFit() {
        Map<String, Tensor> loaded = StrictLoader.expecting(Map.of(
                        "fc.weight", new long[] {2, 3}, "pos_embed", new long[] {1, 7, 4}, "queue", new long[] {9}))
                .ignoring("*.position_ids", "fc.b*", "queue")
                .adapting("*pos_embed", (name, stored, expected) -> Tensor.zeros(expected))
                .as(DType.FLOAT32)
                .load(weights());
        assertThat(loaded).containsOnlyKeys("fc.weight", "pos_embed");
        assertThat(loaded.get("pos_embed").shape()).containsExactly(1, 7, 4);
        assertThat(loaded.get("fc.weight").dtype()).isEqualTo(DType.FLOAT32);
    }

    @Test
    void anAdapterThatMissesTheShapeIsFoundOut() {
        assertThatThrownBy(() -> StrictLoader.expecting(Map.of("pos_embed", new long[] {1, 7, 4}))
                        .ignoring("fc.*", "*.position_ids")
                        .adapting("pos_embed", (name, stored, expected) -> stored)
                        .load(weights()))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("was adapted to [1, 5, 4] where [1, 7, 4] is expected");
    }

    @Test
    void anotherArchitectureIsCalledThat() {
        assertThatThrownBy(() -> StrictLoader.expecting(Map.of("encoder.x", new long[] {1}))
                        .load(weights()))
                .hasMessageContaining("these are weights of another architecture");
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNearest() {
        assertThatThrownBy(() -> weights().info("fc.wieght"))
                .isInstanceOf(MedleyException.class)
                .hasMessage("tensors in memory: no tensor 'fc.wieght' among 4; near: fc.weight");
    }
}
