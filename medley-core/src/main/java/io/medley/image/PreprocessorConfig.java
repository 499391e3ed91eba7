package io.medley.image;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads Hugging Face's {@code preprocessor_config.json}; what is missing has the default of the processor named there. */
final class PreprocessorConfig {
    private static final long MAX_BYTES = 1 << 20;
    private static final List<String> SQUARE = List.of("Blip", "ViT", "Siglip");
    private static final List<ResizeFilter> PIL_FILTERS = List.of(
            ResizeFilter.NEAREST, ResizeFilter.LANCZOS, ResizeFilter.BILINEAR, ResizeFilter.BICUBIC, ResizeFilter.BOX);

    private final JsonNode json;
    private final String name;

    private PreprocessorConfig(JsonNode json, String name) {
        this.json = json;
        this.name = name;
    }

    static ImageTransform read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new MedleyException(file + ": too large for a preprocessor configuration");
            }
            return parse(JsonMapper.shared().readTree(Files.readAllBytes(file)), file.toString());
        } catch (NoSuchFileException e) {
            throw new MedleyException(file + ": no such file", e);
        } catch (IOException e) {
            throw new MedleyException(file + ": cannot be read (" + e.getMessage() + ")", e);
        } catch (JacksonException e) {
            throw new MedleyException(file + ": not JSON (" + ImageErrors.oneLine(e.getOriginalMessage()) + ")", e);
        }
    }

    static ImageTransform parse(JsonNode root, String name) {
        JsonNode nested = root.get("image_processor");
        return new PreprocessorConfig(nested != null && nested.isObject() ? nested : root, name).transform();
    }

    private ImageTransform transform() {
        if (!json.isObject()) {
            throw error("the file", "a JSON object", json);
        }
        String type = type();
        boolean clip = type.startsWith("CLIP");
        if (!flag("do_resize", true)) {
            throw error("do_resize", "true (a model takes one size)", json.get("do_resize"));
        }
        ResizeFilter filter = filter(type.startsWith("ViT") ? 2 : 3);
        Normalization normalization = normalization(type);
        JsonNode size = json.get("size");
        int standard = type.startsWith("Blip") ? 384 : 224;
        boolean shortest = size == null ? clip : clip && size.isNumber() || size.has("shortest_edge");
        if (!shortest) {
            return new ResizeTransform(
                    side("size", size, "height", standard),
                    side("size", size, "width", standard),
                    filter,
                    normalization);
        }
        int edge = side("size", size, "shortest_edge", standard);
        if (!flag("do_center_crop", clip)) {
            throw error("do_center_crop", "true where size is a shortest edge", json.get("do_center_crop"));
        }
        JsonNode crop = json.get("crop_size");
        return new CenterCropTransform(
                edge,
                side("crop_size", crop, "height", standard),
                side("crop_size", crop, "width", standard),
                filter,
                normalization,
                CenterCropTransform.Rounding.HUGGING_FACE);
    }

    /** The processor's name; files from before names were written are told by their centre crop. */
    private String type() {
        for (String key : List.of("image_processor_type", "feature_extractor_type")) {
            JsonNode node = json.get(key);
            if (node == null || node.isNull()) {
                continue;
            }
            String type = node.isString() ? node.stringValue() : "";
            if (type.startsWith("CLIP") || SQUARE.stream().anyMatch(type::startsWith)) {
                return type;
            }
            throw error(key, "BlipImageProcessor, CLIPImageProcessor, ViTImageProcessor or SiglipImageProcessor", node);
        }
        return json.has("crop_size") || json.has("do_center_crop") ? "CLIPImageProcessor" : "BlipImageProcessor";
    }

    private Normalization normalization(String type) {
        JsonNode factor = json.get("rescale_factor");
        double scale = 1 / 255.0;
        if (!flag("do_rescale", true)) {
            scale = 1;
        } else if (factor != null && !factor.isNull()) {
            if (!factor.isNumber() || !(factor.doubleValue() > 0)) {
                throw error("rescale_factor", "a positive number", factor);
            }
            scale = factor.doubleValue();
        }
        if (!flag("do_normalize", true)) {
            return Normalization.of(new double[3], new double[] {1, 1, 1}, scale);
        }
        Normalization standard =
                type.startsWith("ViT") || type.startsWith("Siglip") ? Normalization.HALF : Normalization.CLIP;
        double[] mean = numbers("image_mean", standard.mean(), false);
        double[] std = numbers("image_std", standard.std(), true);
        boolean usual = Math.abs(scale * 255 - 1) < 1e-9;
        return usual ? Normalization.of(mean, std) : Normalization.of(mean, std, scale);
    }

    private ResizeFilter filter(int standard) {
        JsonNode node = json.get("resample");
        if (node == null || node.isNull()) {
            return PIL_FILTERS.get(standard);
        }
        if (!node.isInt() || node.intValue() < 0 || node.intValue() >= PIL_FILTERS.size()) {
            throw error("resample", "0 nearest, 1 lanczos, 2 bilinear, 3 bicubic or 4 box", node);
        }
        return PIL_FILTERS.get(node.intValue());
    }

    /** {@code key} is a number (older files) or an object with {@code part}. */
    private int side(String key, @Nullable JsonNode node, String part, int standard) {
        if (node == null || node.isNull()) {
            return standard;
        }
        JsonNode value = node.isObject() ? node.get(part) : node;
        if (value == null || !value.isInt() || value.intValue() < 1) {
            throw error(node.isObject() ? key + "." + part : key, "a positive whole number of pixels", value);
        }
        return value.intValue();
    }

    private double[] numbers(String key, double[] standard, boolean positive) {
        JsonNode node = json.get(key);
        if (node == null || node.isNull()) {
            return standard;
        }
        double[] values = new double[3];
        boolean good = node.isArray() && node.size() == 3;
        for (int i = 0; good && i < 3; i++) {
            good = node.get(i).isNumber() && Double.isFinite(node.get(i).doubleValue());
            values[i] = good ? node.get(i).doubleValue() : 0;
            good &= !positive || values[i] > 0;
        }
        if (!good) {
            throw error(key, "three " + (positive ? "positive " : "") + "numbers", node);
        }
        return values;
    }

    private boolean flag(String key, boolean standard) {
        JsonNode node = json.get(key);
        if (node == null || node.isNull()) {
            return standard;
        }
        if (!node.isBoolean()) {
            throw error(key, "true or false", node);
        }
        return node.booleanValue();
    }

    private MedleyException error(String key, String expected, @Nullable Object found) {
        return new MedleyException(ImageErrors.oneLine(name) + ": " + key + ": expected " + expected + ", found "
                + ImageErrors.oneLine(String.valueOf(found)));
    }
}
