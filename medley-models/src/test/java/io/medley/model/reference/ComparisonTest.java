package io.medley.model.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    @TempDir
    Path directory;

    @Test
    void everyStoredValueMustBeUsedOrCompared() throws IOException {
        try (ReferenceDirectory reference = reference();
                Scope scope = Scope.open()) {
            Comparison comparison = new Comparison(reference);
            Tensor x = comparison.input("x");
            comparison.check("y", x.mul(2));
            assertThat(scope).isNotNull();
            assertThat(comparison.results())
                    .extracting(CaseResult::name, CaseResult::ok)
                    .containsExactlyInAnyOrder(tuple("y", true), tuple("z", false));
        }
    }

    @Test
    void wrongValuesShapesAndNumbersFail() throws IOException {
        try (ReferenceDirectory reference = reference();
                Scope scope = Scope.open()) {
            assertThat(scope).isNotNull();
            assertThat(outcome(reference, Tensor.of(new float[] {2, 4}, 2))).isTrue();
            assertThat(outcome(reference, Tensor.of(new float[] {2, 4.0003f}, 2)))
                    .isTrue();
            assertThat(outcome(reference, Tensor.of(new float[] {2, 4.001f}, 2)))
                    .isFalse();
            assertThat(outcome(reference, Tensor.of(new float[] {2, Float.NaN}, 2)))
                    .isFalse();
            assertThat(outcome(reference, Tensor.of(new float[] {2, Float.NEGATIVE_INFINITY}, 2)))
                    .isFalse();
            assertThat(outcome(reference, Tensor.of(new float[] {2, 4}, 2, 1))).isFalse();
        }
    }

    @Test
    void aPartThatThrowsIsOneFailureAndTheOthersGoOn() throws IOException {
        try (ReferenceDirectory reference = reference()) {
            Comparison comparison = new Comparison(reference);
            comparison.part("broken", () -> {
                throw new IllegalStateException("boom\nbang");
            });
            comparison.part("fine", () -> comparison.checkText("t", List.of("a"), List.of("a")));
            comparison.checkText("u", List.of("a", "b"), List.of("a", "c"));
            assertThat(comparison.results())
                    .filteredOn(result -> List.of("broken", "t", "u").contains(result.name()))
                    .extracting(CaseResult::ok)
                    .containsExactly(false, true, false);
            assertThat(comparison.results().get(0).note()).isEqualTo("IllegalStateException: boom bang");
        }
    }

    private static boolean outcome(ReferenceDirectory reference, Tensor actual) throws IOException {
        Comparison comparison = new Comparison(reference);
        comparison.check("y", actual);
        return comparison.results().get(0).ok();
    }

    /** x = [1, 2], y = [2, 4], z = [7]. */
    private ReferenceDirectory reference() throws IOException {
        byte[] header = ("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                        + "\"y\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
                        + "\"z\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[16,20]}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + 20).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        for (float value : new float[] {1, 2, 2, 4, 7}) {
            file.putFloat(value);
        }
        Files.write(directory.resolve("cases.safetensors"), file.array());
        return ReferenceDirectory.open(directory);
    }
}
