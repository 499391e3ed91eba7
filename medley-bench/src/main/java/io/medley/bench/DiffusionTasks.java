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
    private @Nullable DdpmUnet constantUnet;
    private @Nullable Dit constantDit;

    DiffusionTasks(long seed) {
        this.seed = seed;
    }

    List<BenchTask> all() {
        return List.of(
                new BenchTask("unet_step", () -> sample(() -> denoise(constantUnet())), 0, UNET_PICTURES),
                new BenchTask(
                        "unet_train",
                        () -> train(unet().parameters, () -> denoise(unet().network), UNET_PICTURES),
                        0,
                        UNET_PICTURES),
                new BenchTask("dit_step", () -> sample(() -> denoise(constantDit())), 0, DIT_PICTURES),
                new BenchTask(
                        "dit_train",
                        () -> train(dit().parameters, () -> denoise(dit().network), DIT_PICTURES),
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

    private Tensor denoise(DdpmUnet network) {
        return network.forward(pictures(UNET_PICTURES), times(UNET_PICTURES));
    }

    private Tensor denoise(Dit network) {
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

    private static DdpmUnet unet(Weights weights) {
        return new DdpmUnet(weights, DdpmUnetConfig.ddpm(3, 64, List.of(1, 2, 2), List.of(false, true, false), 2, 0));
    }

    private static Dit dit(Weights weights) {
        return new Dit(weights, new DitConfig(32, 4, 3, 3, 192, 6, 6, 768, new DitConfig.Classes(CLASSES, false)));
    }

    private Made<DdpmUnet> unet() {
        if (unet == null) {
            unet = trained(DiffusionTasks::unet);
        }
        return unet;
    }

    private Made<Dit> dit() {
        if (dit == null) {
            dit = trained(DiffusionTasks::dit);
        }
        return dit;
    }

    private DdpmUnet constantUnet() {
        if (constantUnet == null) {
            constantUnet = constant(DiffusionTasks::unet);
        }
        return constantUnet;
    }

    private Dit constantDit() {
        if (constantDit == null) {
            constantDit = constant(DiffusionTasks::dit);
        }
        return constantDit;
    }

    /** As a generator holds it: nothing will change its weights, so that it may lay them out anew. */
    private <N> N constant(Function<Weights, N> network) {
        var weights = Weights.random(seed);
        var made = network.apply(weights.frozen());
        own(weights);
        return made;
    }

    private <N> Made<N> trained(Function<Weights, N> network) {
        var weights = Weights.random(seed);
        var made = network.apply(weights);
        own(weights);
        var parameters = new FlatParameters(weights.parameters(), (name, tensor) -> new Treatment(1, true));
        Scope.own(parameters.gradients());
        return new Made<>(made, parameters);
    }

    // They outlive the scope of the task that first needs them.
    private static void own(Weights weights) {
        weights.parameters().values().forEach(Scope::own);
        weights.buffers().values().forEach(Scope::own);
    }
}
