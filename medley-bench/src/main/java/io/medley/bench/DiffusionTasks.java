package io.medley.bench;

import io.medley.model.dit.Dit;
import io.medley.model.dit.DitConfig;
import io.medley.model.unet.DdpmUnet;
import io.medley.model.unet.DdpmUnetConfig;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One step of sampling (a forward) and of training (forward and backward, no optimizer) of a U-Net and of a diffusion transformer, at the sizes
 * of {@code src/tools/diffusion_peer.py}: 4 and 16 pictures of 32 pixels.
 */
final class DiffusionTasks {
    private static final int CLASSES = 10;
    private static final int UNET_PICTURES = 4;
    private static final int DIT_PICTURES = 16;

    private final long seed;
    private @Nullable DdpmUnet unet;
    private @Nullable Dit dit;

    DiffusionTasks(long seed) {
        this.seed = seed;
    }

    List<BenchTask> all() {
        return List.of(
                new BenchTask("unet_step", () -> sample(this::unet), 0, UNET_PICTURES),
                new BenchTask("unet_train", () -> train(this::unet, UNET_PICTURES), 0, UNET_PICTURES),
                new BenchTask("dit_step", () -> sample(this::dit), 0, DIT_PICTURES),
                new BenchTask("dit_train", () -> train(this::dit, DIT_PICTURES), 0, DIT_PICTURES));
    }

    private static void sample(Supplier<Tensor> forward) {
        try (var off = NoGrad.open()) {
            run(forward, out -> out.sum().item());
        }
    }

    private void train(Supplier<Tensor> forward, int pictures) {
        run(forward, out -> {
            out.sub(pictures(pictures)).pow(2).mean().backward();
        });
    }

    private static void run(Supplier<Tensor> forward, java.util.function.Consumer<Tensor> use) {
        try (var scope = Scope.open()) {
            use.accept(forward.get());
        }
    }

    private Tensor unet() {
        var model = unet == null ? makeUnet() : unet;
        return model.forward(pictures(UNET_PICTURES), times(UNET_PICTURES));
    }

    private Tensor dit() {
        var model = dit == null ? makeDit() : dit;
        var classes = new long[DIT_PICTURES];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = i % CLASSES;
        }
        return model.forward(
                pictures(DIT_PICTURES), times(DIT_PICTURES), model.classes(Tensor.of(classes, DIT_PICTURES)));
    }

    private Tensor pictures(int count) {
        return Generator.of(seed + 1).normal(count, 3, 32, 32);
    }

    private static Tensor times(int count) {
        var times = new float[count];
        for (int i = 0; i < count; i++) {
            times[i] = 999f * i / (count - 1);
        }
        return Tensor.of(times, count);
    }

    // Weights outlive the scope of the task that first needs them.
    private DdpmUnet makeUnet() {
        var weights = Weights.random(seed);
        var made =
                new DdpmUnet(weights, DdpmUnetConfig.ddpm(3, 64, List.of(1, 2, 2), List.of(false, true, false), 2, 0));
        keep(weights);
        unet = made;
        return made;
    }

    private Dit makeDit() {
        var weights = Weights.random(seed);
        var made = new Dit(weights, new DitConfig(32, 4, 3, 3, 192, 6, 6, 768, new DitConfig.Classes(CLASSES, false)));
        keep(weights);
        dit = made;
        return made;
    }

    private static void keep(Weights weights) {
        weights.parameters().values().forEach(Scope::own);
        weights.buffers().values().forEach(Scope::own);
    }
}
