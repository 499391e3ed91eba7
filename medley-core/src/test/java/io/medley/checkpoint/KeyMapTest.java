package io.medley.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyMapTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Checkpoint upstream() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 2; i++) {
            tensors.put(
                    "blocks." + i + ".qkv.weight",
                    Tensor.arange(24).add(i * 100.0).reshape(6, 4));
            tensors.put("blocks." + i + ".qkv.bias", Tensor.arange(6).add(i * 100.0));
            tensors.put("blocks." + i + ".fc.kernel", Tensor.arange(8).reshape(4, 2));
        }
        tensors.put("text.position_ids", Tensor.arange(3));
        tensors.put("head.weight", Tensor.ones(2, 4));
        return Checkpoint.of(tensors);
    }

    private static final KeyMap MAP = KeyMap.of(
            KeyMap.split("blocks.{}.qkv.{}", 0, "layers.{}.q.{}", "layers.{}.k.{}", "layers.{}.v.{}"),
            KeyMap.transpose("blocks.{}.fc.kernel", 0, 1),
            KeyMap.rename("blocks.{}.fc.kernel", "layers.{}.fc.weight"),
            KeyMap.rename("layers.*", "encoder.layers.*"),
            KeyMap.alias("head.{}", "tied.head.{}"));

    @Test
    void namesAreSplitRenamedAndTransposed() {
        Checkpoint ours = MAP.apply(upstream());
        assertThat(ours.names())
                .containsExactly(
                        "encoder.layers.0.q.weight",
                        "encoder.layers.0.k.weight",
                        "encoder.layers.0.v.weight",
                        "encoder.layers.0.q.bias",
                        "encoder.layers.0.k.bias",
                        "encoder.layers.0.v.bias",
                        "encoder.layers.0.fc.weight",
                        "encoder.layers.1.q.weight",
                        "encoder.layers.1.k.weight",
                        "encoder.layers.1.v.weight",
                        "encoder.layers.1.q.bias",
                        "encoder.layers.1.k.bias",
                        "encoder.layers.1.v.bias",
                        "encoder.layers.1.fc.weight",
                        "text.position_ids",
                        "head.weight",
                        "tied.head.weight");
        assertThat(ours.load("encoder.layers.1.k.weight").toFloats())
                .containsExactly(108, 109, 110, 111, 112, 113, 114, 115);
        assertThat(ours.load("encoder.layers.1.v.bias").toFloats()).containsExactly(104, 105);
        assertThat(ours.info("encoder.layers.0.fc.weight").shape()).containsExactly(2, 4);
        assertThat(ours.load("encoder.layers.0.fc.weight").toFloats()).containsExactly(0, 2, 4, 6, 1, 3, 5, 7);
    }

    @Test
    void theInverseRestoresUpstream() {
        Checkpoint theirs = upstream();
        Checkpoint back = MAP.inverse().apply(MAP.apply(theirs));
        assertThat(back.names()).containsExactlyElementsOf(theirs.names());
        for (String name : theirs.names()) {
            assertThat(back.info(name)).as(name).isEqualTo(theirs.info(name));
            assertThat(back.bytes(name)).as(name).isEqualTo(theirs.bytes(name));
        }
    }

    @Test
    void joiningAndCuttingWorkAlongAnyDimensionAndInUnequalParts() {
        Tensor whole = Tensor.arange(30).reshape(2, 5, 3);
        for (int dim = 0; dim < 3; dim++) {
            List<Long> sizes = List.of(1L, whole.size(dim) - 1);
            KeyMap cut = KeyMap.of(new KeyMap.Split("w", dim, List.of("a", "b"), sizes));
            Checkpoint parts = cut.apply(Checkpoint.of(Map.of("w", whole)));
            assertThat(parts.load("b").toFloats())
                    .containsExactly(whole.narrow(dim, 1, sizes.get(1)).toFloats());
            assertThat(cut.inverse().apply(parts).load("w").toFloats()).containsExactly(whole.toFloats());
        }
    }

    @Test
    void incompletePartsAndUnmatchedNamesStay() {
        Checkpoint some = Checkpoint.of(Map.of("q.0", Tensor.ones(1)));
        assertThat(KeyMap.of(KeyMap.merge("qk.{}", 0, "q.{}", "k.{}"))
                        .apply(some)
                        .names())
                .containsExactly("q.0");
        assertThat(KeyMap.of(KeyMap.drop("*.0")).apply(some).names()).isEmpty();
        assertThat(KeyMap.of(KeyMap.rename("{}", "x.{}")).apply(some).names()).containsExactly("q.0");
    }

    @Test
    void misfitsAreNamed() {
        Checkpoint theirs = upstream();
        assertThatThrownBy(() ->
                        KeyMap.of(KeyMap.rename("blocks.0.*", "blocks.1.*")).apply(theirs))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("two tensors the name 'blocks.1.qkv.weight'");
        assertThatThrownBy(() ->
                        KeyMap.of(KeyMap.split("head.weight", 1, "a", "b", "c")).apply(theirs))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("'head.weight' FLOAT32 [2, 4] does not fit");
        assertThatThrownBy(() ->
                        KeyMap.of(KeyMap.transpose("text.position_ids", 0, 1)).apply(theirs))
                .isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> KeyMap.of(KeyMap.merge("x", 0, "head.weight", "text.position_ids"))
                        .apply(theirs))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("cannot join");
        assertThatThrownBy(() -> KeyMap.rename("a.{}.*", "b.*.{}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("differ in wildcards");
    }
}
