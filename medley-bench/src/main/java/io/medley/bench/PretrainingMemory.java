package io.medley.bench;

import io.medley.loss.HardNegatives;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipPretraining;
import io.medley.model.blip.BlipTokens;
import io.medley.model.med.Sharing;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.FlatParameters;
import io.medley.optim.Grouping;
import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.Locale;

/**
 * How many parameters BLIP's pre-training at the size of the paper (ViT-B/16, 224 px) has, and how much memory its steps take, by what text
 * encoder and decoder share. One way a process, because what is measured is the process's largest resident memory:
 *
 * <pre>{@code
 * java -cp … io.medley.bench.PretrainingMemory all_but_self_attention 4
 * }</pre>
 */
public final class PretrainingMemory {
    private static final int IMAGE = 224;
    private static final int LENGTH = 30;
    private static final int QUEUE = 1024;
    private static final int STEPS = 2;
    private static final BlipTokens SPECIAL = new BlipTokens(30522, 30523, 0, 101, 102);

    private PretrainingMemory() {}

    /** Takes two steps with a sharing and a batch of so many pairs, and prints one line. */
    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            throw new MedleyException("usage: PretrainingMemory SHARING BATCH");
        }
        var sharing = Sharing.of(arguments[0])
                .orElseThrow(() -> new MedleyException("sharing '" + arguments[0] + "' is not known"));
        int batch = Integer.parseInt(arguments[1]);
        var weights = Weights.random(1);
        var model = new BlipPretraining(
                weights,
                BlipConfig.base(IMAGE).withSharing(sharing),
                SPECIAL,
                new BlipPretraining.Options(QUEUE, 0.995));
        model.startMomentum();
        var parameters = new FlatParameters(weights.parameters(), Grouping.decayMatricesOnly());
        var optimizer = new AdamW(parameters, AdamW.Options.withDecay(0.05));
        var negatives = HardNegatives.random(Generator.of(2));
        var random = Generator.of(3);
        double least = Double.MAX_VALUE;
        for (int step = 0; step < STEPS; step++) {
            double start = Machine.ownSeconds();
            parameters.zeroGradients();
            try (var scope = Scope.open()) {
                var words = random.uniform(batch, LENGTH).mul(20000).add(1000).to(DType.INT64);
                words.narrow(1, 0, 1).fill_(SPECIAL.cls());
                var pairs = new BlipPretraining.Batch(
                        random.normal(batch, 3, IMAGE, IMAGE), words, Tensor.full(1, DType.INT64, batch, LENGTH));
                model.losses(pairs, 0.4, negatives).total().backward();
                optimizer.step(1e-5);
            }
            least = Math.min(least, Machine.ownSeconds() - start);
        }
        System.out.printf(
                Locale.ROOT,
                "%s, batch %d: %.1f million parameters, peak %d MB, %.1f processor seconds a step%n",
                sharing.word(),
                batch,
                weights.parameters().values().stream().mapToLong(Tensor::numel).sum() / 1e6,
                Machine.peakMegabytes(),
                least);
    }
}
