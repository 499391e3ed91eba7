package io.medley.model.blip;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.StrictLoader;
import io.medley.model.ModelWeights;
import io.medley.nn.Weights;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Names and shapes of every published checkpoint, without its weights. */
class BlipVariantsTest {
    private static final Path MANIFESTS = Path.of("src/test/resources/manifests");
    private static final BlipTokens TOKENS = new BlipTokens(30522, 30523, 0, 101, 102);
    private static final int QUEUE = 57600;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "blip-caption-base",
                "blip-caption-large",
                "blip-feature-base",
                "blip-itm-base",
                "blip-nlvr-base",
                "blip-pretrain-base",
                "blip-pretrain-large",
                "blip-retrieval-base",
                "blip-vqa-base"
            })
    void originalsFitTheirVariant(String manifest) throws IOException {
        try (var scope = Scope.open()) {
            var weights = Checkpoint.of(placeholders(manifest));
            var kind = BlipKind.of(weights.names());
            var variant =
                    variant(manifest.replace("blip-feature-", "blip-features-").replace("blip-itm-", "blip-match-"));
            assertThat(kind).isEqualTo(variant.kind());
            assertClean(ModelWeights.check(weights, ModelWeights.Rules.STRICT, full(variant)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf-blip-image-captioning-base",
                "hf-blip-image-captioning-large",
                "hf-blip-itm-base-coco",
                "hf-blip-itm-large-coco",
                "hf-blip-vqa-base"
            })
    void huggingFaceFilesFitTheirVariant(String manifest) throws IOException {
        try (var scope = Scope.open()) {
            var weights = BlipKeyMaps.HUGGING_FACE.apply(Checkpoint.of(placeholders(manifest)));
            var kind = BlipKind.of(weights.names());
            var variant = variant("blip-" + kind.name().toLowerCase(java.util.Locale.ROOT)
                    + (manifest.contains("large") ? "-large" : "-base"));
            // Published at 384 px, and with a head of its own.
            var config = variant.config().withImageSize(384).withTiedHead(false);
            assertClean(ModelWeights.check(
                    weights, ModelWeights.Rules.STRICT, full(new BlipVariants.Variant(manifest, kind, config))));
        }
    }

    private static void assertClean(StrictLoader.Report report) {
        assertThat(report.missing()).as("missing").isEmpty();
        assertThat(report.unexpected()).as("unexpected").isEmpty();
        assertThat(report.misshaped()).as("misshaped").isEmpty();
    }

    /** The whole of the original class, momentum and queues included. */
    private static Function<Weights, ?> full(BlipVariants.Variant variant) {
        var config = variant.config();
        return switch (variant.kind()) {
            case CAPTION -> w -> new BlipCaptioner(w, config);
            case MATCH -> w -> new BlipMatcher(w, config);
            case VQA -> w -> new BlipVqa(w, config, TOKENS);
            case NLVR -> w -> new BlipNlvr(w, config);
            case CLASSIFY -> w -> new BlipClassifier(w, config, 2);
            case FEATURES -> w -> new BlipFeatureExtractor(w, config);
            case PRETRAIN -> w -> new BlipPretraining(w, config, TOKENS, new BlipPretraining.Options(QUEUE, 0.995));
            case RETRIEVAL -> w -> new BlipRetrieval(w, config, TOKENS, new BlipRetrieval.Options(QUEUE, 0.995, false));
        };
    }

    private static BlipVariants.Variant variant(String name) {
        return BlipVariants.read().all().stream()
                .filter(variant -> variant.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Tensors of the right shapes over a single number. */
    private static Map<String, Tensor> placeholders(String manifest) throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        try (var in = new GZIPInputStream(Files.newInputStream(MANIFESTS.resolve(manifest + ".json.gz")))) {
            for (var entry : JsonMapper.shared().readTree(in).path("tensors").properties()) {
                long[] shape = entry.getValue()
                        .valueStream()
                        .mapToLong(n -> n.asLong())
                        .toArray();
                var ones = new long[shape.length];
                Arrays.fill(ones, 1);
                tensors.put(entry.getKey(), Tensor.zeros(ones).expand(shape));
            }
        }
        return tensors;
    }
}
