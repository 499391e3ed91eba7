package io.medley.model.blip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.medley.model.med.MedConfig;
import io.medley.model.med.Sharing;
import io.medley.model.vit.VitConfig;
import io.medley.nn.Weights;
import io.medley.tensor.Scope;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What text encoder and decoder have in common is a choice of the configuration. */
class SharingTest {
    private static final BlipConfig CONFIG = new BlipConfig(
            new VitConfig(32, 8, 24, 2, 4, 48, 1e-6), new MedConfig(60, 24, 2, 4, 48, 40, 24, 1e-12), 16, true, "");

    private static Weights built(BlipConfig config) {
        var weights = Weights.shapes();
        var unused = new BlipPretrained(weights, config); // asks for every weight by name
        return weights;
    }

    private static Set<String> startingWith(String prefix, Set<String> names) {
        return names.stream().filter(name -> name.startsWith(prefix)).collect(Collectors.toSet());
    }

    /** Table 3 of the paper gives 224, 252, 252 and 361 million. */
    @ParameterizedTest
    @CsvSource({"ALL, 224", "ALL_BUT_CROSS_ATTENTION, 252", "ALL_BUT_SELF_ATTENTION, 252", "NONE, 361"})
    void parametersAreAsManyAsInThePaper(Sharing sharing, double millions) {
        try (var scope = Scope.open()) {
            double count = built(BlipConfig.base(224).withSharing(sharing)).expected().values().stream()
                    .mapToLong(shape -> LongStream.of(shape).reduce(1, (a, b) -> a * b))
                    .sum();
            assertThat(count / 1e6).isCloseTo(millions, within(1.0));
        }
    }

    /** Whatever is shared, a checkpoint may name every weight of the decoder; those that are shared stand for the encoder's. */
    @ParameterizedTest
    @EnumSource(Sharing.class)
    void everyNameOfTheDecoderIsKnown(Sharing sharing) {
        try (var scope = Scope.open()) {
            var alone = built(CONFIG.withSharing(Sharing.NONE)).parameters().keySet();
            var weights = built(CONFIG.withSharing(sharing));
            var decoder =
                    startingWith("text_decoder.bert.", weights.parameters().keySet());
            var shared = startingWith("text_decoder.bert.", weights.aliases().keySet());
            assertThat(decoder.stream().filter(shared::contains)).isEmpty();
            decoder.addAll(shared);
            assertThat(decoder).isEqualTo(startingWith("text_decoder.bert.", alone));
            for (var name : shared) {
                assertThat(weights.aliases().get(name)).isEqualTo(name.replace("text_decoder.bert.", "text_encoder."));
            }
            assertThat(shared.contains("text_decoder.bert.encoder.layer.1.attention.self.query.weight"))
                    .isEqualTo(sharing == Sharing.ALL || sharing == Sharing.ALL_BUT_CROSS_ATTENTION);
            assertThat(shared.contains("text_decoder.bert.encoder.layer.1.crossattention.output.dense.bias"))
                    .isEqualTo(sharing == Sharing.ALL || sharing == Sharing.ALL_BUT_SELF_ATTENTION);
            assertThat(shared.contains("text_decoder.bert.embeddings.word_embeddings.weight"))
                    .isEqualTo(sharing != Sharing.NONE);
        }
    }
}
