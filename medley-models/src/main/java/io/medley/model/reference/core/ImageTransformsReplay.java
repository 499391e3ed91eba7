package io.medley.model.reference.core;

import io.medley.image.AugmentOp;
import io.medley.image.ImageLimits;
import io.medley.image.ImageTransforms;
import io.medley.image.Images;
import io.medley.image.Normalization;
import io.medley.image.RandomResizedCrop;
import io.medley.image.Resize;
import io.medley.image.ResizeFilter;
import io.medley.image.RgbImage;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.model.reference.Tolerance;
import io.medley.tensor.DType;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Decoding and the transforms of BLIP and CLIP, as Pillow, torchvision and OpenCV compute them. */
public final class ImageTransformsReplay implements Replay {
    private static final Pattern KEY = Pattern.compile("([^/]+\\.(?:png|jpg))/(.+)");
    private static final Pattern BLIP = Pattern.compile("blip_test_(\\d+)");
    private static final Pattern RESIZED = Pattern.compile("(?:blip_test|resize)_(\\d+)\\.resized_u8");
    private static final Pattern CLIP = Pattern.compile("clip_(\\d+)");
    private static final Pattern CROP = Pattern.compile("resized_crop\\d+");
    private static final String BOX = ".box_tlhw";

    /** JPEG decoders may differ by a level or two, and so may warps in fixed point. */
    private static final double LEVELS = 2;

    @Override
    public String name() {
        return "image transforms";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.cases().has("randaugment") && directory.cases().has("images");
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        for (var key : results.keys()) {
            var match = KEY.matcher(key);
            if (match.matches()) {
                results.part(key, () -> file(directory, results, key, match));
            }
        }
        for (var entry : directory.cases().path("randaugment")) {
            results.part(entry.path("key").asString(), () -> augment(directory, results, entry));
        }
        var input = "randaugment/AutoContrast.min0.input";
        if (results.has(input)) {
            results.part(
                    input,
                    () -> results.check(
                            "randaugment/AutoContrast.min0",
                            tensor(AugmentOp.AUTO_CONTRAST.apply(image(results.input(input)), 0, true))));
        }
    }

    private static void file(ReferenceDirectory directory, Comparison results, String key, Matcher match)
            throws IOException {
        var name = match.group(1);
        var what = match.group(2);
        boolean jpeg = name.endsWith(".jpg");
        var bytes = Files.readAllBytes(directory.files().require(name));
        var image = Images.read(bytes, name);
        var blip = BLIP.matcher(what);
        var resized = RESIZED.matcher(what);
        var clip = CLIP.matcher(what);
        if (what.equals("rgb_u8")) {
            check(results, key, image, jpeg);
        } else if (what.equals("hflip_u8")) {
            check(results, key, image.flipHorizontally(), jpeg);
        } else if (resized.matches()) {
            int size = Integer.parseInt(resized.group(1));
            check(results, key, Resize.resize(image, size, size, ResizeFilter.BICUBIC), jpeg);
        } else if (blip.matches()) {
            int size = Integer.parseInt(blip.group(1));
            check(results, key, ImageTransforms.blip(size).apply(image), size, jpeg);
        } else if (clip.matches()) {
            int size = Integer.parseInt(clip.group(1));
            var decoded = Images.decode(bytes, name, ImageLimits.DEFAULT);
            check(results, key, ImageTransforms.clip(size).apply(decoded), size, jpeg);
        } else if (CROP.matcher(what).matches()) {
            long[] box = results.input(key + BOX).toLongs();
            int side = Math.toIntExact(results.input(key).size(1));
            var cropped = RandomResizedCrop.of(side, 0.5)
                    .apply(image, new RandomResizedCrop.Box((int) box[0], (int) box[1], (int) box[2], (int) box[3]));
            check(results, key, Normalization.CLIP.apply(cropped), side, jpeg);
        }
    }

    private static void augment(ReferenceDirectory directory, Comparison results, JsonNode entry) {
        var source = directory.cases().path("randaugment_input").asString();
        var image = image(results.input(source + "/rgb_u8"));
        var op = AugmentOp.valueOf(entry.path("op")
                .asString()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toUpperCase(Locale.ROOT));
        var args = entry.path("args");
        double argument = args.isEmpty() ? 0 : args.path(0).asDouble();
        boolean warps = op.name().matches("(ROTATE|SHEAR|TRANSLATE).*");
        check(results, entry.path("key").asString(), op.apply(image, argument, true), warps);
    }

    private static void check(Comparison results, String key, RgbImage actual, boolean levels) {
        if (levels) {
            results.compare(
                    key,
                    results.input(key).to(DType.FLOAT32),
                    tensor(actual).to(DType.FLOAT32),
                    new Tolerance(LEVELS, 0));
        } else {
            results.check(key, tensor(actual));
        }
    }

    private static void check(Comparison results, String key, float[] actual, int size, boolean jpeg) {
        var tolerance = new Tolerance(jpeg ? LEVELS / 255 / 0.2613 : 1e-5, jpeg ? 0 : 1e-4);
        results.check(key, Tensor.of(actual, 3, size, size), tolerance);
    }

    private static RgbImage image(Tensor pixels) {
        var bytes = new byte[Math.toIntExact(pixels.numel())];
        pixels.toBuffer().get(bytes);
        return new RgbImage(Math.toIntExact(pixels.size(1)), Math.toIntExact(pixels.size(0)), bytes);
    }

    /** (height, width, 3) of whole numbers. */
    private static Tensor tensor(RgbImage image) {
        var rgb = image.rgb();
        var values = new float[rgb.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = rgb[i] & 0xff;
        }
        return Tensor.of(values, image.height(), image.width(), 3).to(DType.UINT8);
    }
}
