package io.medley.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class PreprocessorConfigTest {
    private static final RgbImage IMAGE = new Golden("image_transforms").image("landscape.png/rgb_u8");

    @Test
    void blip() {
        ImageTransform transform = parse(
                """
                {"do_convert_rgb": true, "do_normalize": true, "do_rescale": true, "do_resize": true,
                 "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
                 "image_processor_type": "BlipImageProcessor", "resample": 3, "rescale_factor": 0.00392156862745098,
                 "size": {"height": 64, "width": 64}}""");
        assertThat(transform.apply(IMAGE)).isEqualTo(ImageTransforms.blip(64).apply(IMAGE));
        assertThat(parse("{\"image_processor_type\": \"BlipImageProcessor\"}").height())
                .isEqualTo(384);
    }

    @Test
    void clip() {
        ImageTransform transform = parse(
                """
                {"crop_size": {"height": 64, "width": 64}, "do_center_crop": true,
                 "feature_extractor_type": "CLIPFeatureExtractor", "size": {"shortest_edge": 64}}""");
        assertThat(transform.apply(IMAGE)).isEqualTo(ImageTransforms.clip(64).apply(IMAGE));
        ImageTransform old = parse("{\"crop_size\": 64, \"do_center_crop\": true, \"size\": 64}");
        assertThat(old.apply(IMAGE)).isEqualTo(transform.apply(IMAGE));
    }

    @Test
    void nestedInAProcessorConfig() {
        ImageTransform transform =
                parse("{\"image_processor\": {\"size\": {\"height\": 8, \"width\": 12}, \"resample\": 2}}");
        assertThat(transform.height()).isEqualTo(8);
        assertThat(transform.width()).isEqualTo(12);
        assertThat(transform.apply(IMAGE)).hasSize(3 * 8 * 12);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"size\": {\"height\": -3, \"width\": 4}}|size.height",
                "{\"size\": {\"height\": 99999999, \"width\": 4}}|height",
                "{\"size\": \"big\"}|size",
                "{\"resample\": 9}|resample",
                "{\"image_mean\": [1, 2]}|image_mean",
                "{\"image_std\": [1, 0, 1]}|image_std",
                "{\"do_resize\": false}|do_resize",
                "{\"do_normalize\": \"yes\"}|do_normalize",
                "{\"rescale_factor\": -1}|rescale_factor",
                "{\"image_processor_type\": \"DetrImageProcessor\"}|image_processor_type",
                "[]|a JSON object"
            })
    void badValuesAreRefusedByName(String json, String named) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining(named)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void files(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("preprocessor_config.json");
        assertThatThrownBy(() -> ImageTransforms.fromPreprocessorConfig(file)).hasMessage(file + ": no such file");
        Files.writeString(file, "{\"size\": ");
        assertThatThrownBy(() -> ImageTransforms.fromPreprocessorConfig(file))
                .isInstanceOf(MedleyException.class)
                .hasMessageStartingWith(file + ": not JSON (");
        Files.writeString(file, "{\"size\": {\"height\": 16, \"width\": 16}}");
        assertThat(ImageTransforms.fromPreprocessorConfig(file).height()).isEqualTo(16);
    }

    private static ImageTransform parse(String json) {
        return ImageTransforms.fromPreprocessorConfig(JsonMapper.shared().readTree(json));
    }
}
