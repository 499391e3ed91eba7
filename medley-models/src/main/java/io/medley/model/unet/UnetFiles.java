package io.medley.model.unet;

import io.medley.checkpoint.Checkpoint;
import io.medley.model.ModelFiles;
import io.medley.model.ModelWeights;
import io.medley.model.ModelWeights.Built;
import io.medley.model.ModelWeights.Rules;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Loads published U-Nets: directories of diffusers' {@code UNet2DModel} ({@code config.json} and {@code
 * diffusion_pytorch_model.safetensors}); checkpoints of ermongroup/ddim, with or without a configuration; those of RectifiedFlow; and
 * weights of EDM's networks with the constructor's arguments as {@code config.json}.
 *
 * <p>EDM's own {@code .pkl} files hold Python source code, which only Python can run: there, save {@code ema.model.state_dict()} with
 * safetensors.
 */
public final class UnetFiles {
    private static final List<String> DIFFUSERS_WEIGHTS =
            List.of("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin");

    private UnetFiles() {}

    /**
     * Loads for inference.
     *
     * @param averaged whether the moving average of the weights is wanted where a checkpoint has both; it gives the better pictures
     * @throws MedleyException when the files are no U-Net, or the weights do not fit the configuration
     * @throws IOException when a file cannot be read
     */
    public static Built<? extends Unet> load(ModelFiles files, boolean averaged) throws IOException {
        var path = weights(files);
        if (path.toString().toLowerCase(Locale.ROOT).endsWith(".pkl")) {
            throw new MedleyException(
                    path + ": a pickle with Python source in it, which only Python can read; there, save"
                            + " ema.model.state_dict() with safetensors and the constructor's arguments as config.json");
        }
        try (var file = Checkpoint.open(path);
                var scope = Scope.open();
                var off = NoGrad.open()) {
            return load(files, file, averaged);
        }
    }

    private static Built<? extends Unet> load(ModelFiles files, Checkpoint file, boolean averaged) {
        var json = files.config();
        if (json.filter(DiffusersJson::isOne).isPresent()) {
            var config = DiffusersJson.read(json.get());
            return ddpm(UnetKeyMaps.diffusers(config.levels()).apply(file.unwrapped()), config);
        }
        if (ScoreSdeWeights.isOne(file)) {
            var config = json.isPresent() ? ScoreSdeWeights.read(json.get()) : ScoreSdeWeights.cifar10();
            return build(ScoreSdeWeights.convert(file, config, averaged), Rules.STRICT, w -> new EdmUnet(w, config));
        }
        var ddim = ddim(file, averaged);
        if (DdimShapes.isOne(ddim)) {
            return ddpm(ddim, json.filter(DdimJson::isOne).map(DdimJson::read).orElseGet(() -> DdimShapes.read(ddim)));
        }
        if (json.filter(UnetFiles::isEdm).isPresent()) {
            var config = EdmUnetConfig.read(json.get());
            return build(file.unwrapped(), Rules.STRICT, w -> new EdmUnet(w, config));
        }
        throw new MedleyException(
                files.path() + ": no U-Net that is known here; read are diffusers' UNet2DModel with its"
                        + " config.json, checkpoints of ermongroup/ddim and of RectifiedFlow, and EDM's networks as safetensors");
    }

    private static boolean isEdm(JsonNode json) {
        var name = json.path("class_name").asString(json.path("class").asString(""));
        return name.endsWith("SongUNet") || name.endsWith("DhariwalUNet");
    }

    private static Built<DdpmUnet> ddpm(Checkpoint weights, DdpmUnetConfig config) {
        return build(weights, new Rules(List.of(), List.of(), UnetKeyMaps.POINTWISE), w -> new DdpmUnet(w, config));
    }

    private static <M> Built<M> build(Checkpoint weights, Rules rules, Function<io.medley.nn.Weights, M> make) {
        return ModelWeights.load(weights, rules, make);
    }

    /** ddim saves a list: weights, optimizer, epoch, step and, where it was trained so, the averages; converted files hold weights alone. */
    private static Checkpoint ddim(Checkpoint file, boolean averaged) {
        var part = file;
        if (file.value("") instanceof List<?> list) {
            part = file.sub(averaged && list.size() > 4 ? "4" : "0");
        }
        return UnetKeyMaps.PARALLEL.apply(part.unwrapped());
    }

    private static Path weights(ModelFiles files) {
        for (var name : DIFFUSERS_WEIGHTS) {
            if (Files.isDirectory(files.path()) && files.file(name).isPresent()) {
                return files.require(name);
            }
        }
        return files.weights();
    }
}
