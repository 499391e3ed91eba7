package io.medley.bench;

import io.medley.model.dit.Dit;
import io.medley.model.dit.DitConfig;
import io.medley.model.unet.DdpmUnet;
import io.medley.model.unet.DdpmUnetConfig;
import io.medley.nn.Weights;
import io.medley.optim.FlatParameters;
import io.medley.optim.Treatment;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One step of sampling (a forward) and of training (gradients zeroed, forward and backward, no optimizer) of a U-Net and of a diffusion
 * transformer, at the sizes of {@code src/tools/diffusion_peer.py}: 4 and 16 pictures of 32 pixels. Gradients are added up in one buffer, as in
 * the trainer; PyTorch's are dropped and made anew, as is its custom.
 */
final class DiffusionTasks {
    /** A network and its parameters as the trainer lays them out. */
    private record Made<N>(N network, FlatParameters parameters) {}

    private static final int CLASSES = 10;
    private static final int UNET_PICTURES = 4;
    private static final int DIT_PICTURES = 16;

    private final long seed;
    private @Nullable Made<DdpmUnet> unet;
    private @Nullable Made<Dit> dit;

    DiffusionTasks(long seed) {
        this.seed = seed;
    }

    List<BenchTask> all() {
        return List.of(
                new BenchTask("unet_step", () -> sample(this::denoiseWithUnet), 0, UNET_PICTURES),
                new BenchTask(
                        "unet_train",
                        () -> train(unet().parameters, this::denoiseWithUnet, UNET_PICTURES),
                        0,
                        UNET_PICTURES),
                new BenchTask("dit_step", () -> sample(this::denoiseWithDit), 0, DIT_PICTURES),
                new BenchTask(
                        "dit_train",
                        () -> train(dit().parameters, this::denoiseWithDit, DIT_PICTURES),
                        0,
                        DIT_PICTURES));
    }

    private static void sample(Supplier<Tensor> forward) {
        try (var off = NoGrad.open();
                var scope = Scope.open()) {
            forward.get().sum().item();
        }
    }

    private void train(FlatParameters parameters, Supplier<Tensor> forward, int pictures) {
        try (var scope = Scope.open()) {
            parameters.zeroGradients();
            forward.get().sub(pictures(pictures)).pow(2).mean().backward();
        }
    }

    private Tensor denoiseWithUnet() {
        return unet().network.forward(pictures(UNET_PICTURES), times(UNET_PICTURES));
    }

    private Tensor denoiseWithDit() {
        var network = dit().network;
        var classes = new long[DIT_PICTURES];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = i % CLASSES;
        }
        return network.forward(
                pictures(DIT_PICTURES), times(DIT_PICTURES), network.classes(Tensor.of(classes, DIT_PICTURES)));
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

    private Made<DdpmUnet> unet() {
        if (unet == null) {
            var config = DdpmUnetConfig.ddpm(3, 64, List.of(1, 2, 2), List.of(false, true, false), 2, 0);
            unet = make(weights -> new DdpmUnet(weights, config));
        }
        return unet;
    }

    private Made<Dit> dit() {
        if (dit == null) {
            var config = new DitConfig(32, 4, 3, 3, 192, 6, 6, 768, new DitConfig.Classes(CLASSES, false));
            dit = make(weights -> new Dit(weights, config));
        }
        return dit;
    }

    // Weights and gradients outlive the scope of the task that first needs them.
    private <N> Made<N> make(Function<Weights, N> network) {
        var weights = Weights.random(seed);
        var made = network.apply(weights);
        weights.parameters().values().forEach(Scope::own);
        weights.buffers().values().forEach(Scope::own);
        var parameters = new FlatParameters(weights.parameters(), (name, tensor) -> new Treatment(1, true));
        Scope.own(parameters.gradients());
        return new Made<>(made, parameters);
    }
}
