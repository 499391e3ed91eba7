package io.medley.model.unet;

import io.medley.model.ModelWeights;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.NetworkCases;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** {@code SongUNet.forward} and {@code DhariwalUNet.forward} of NVlabs/edm. */
public final class EdmUnetReplay implements Replay {
    @Override
    public String name() {
        return "edm U-Net";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        var name = directory.upstreamClass();
        return directory.upstream().contains("NVlabs/edm")
                && (name.endsWith("SongUNet") || name.endsWith("DhariwalUNet"));
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        try (var scope = Scope.open()) {
            var config = EdmUnetConfig.read(directory.config());
            var built = ModelWeights.trainable(
                    directory.weights(), ModelWeights.Rules.STRICT, weights -> new EdmUnet(weights, config));
            NetworkCases.run(results, built.weights(), prefix -> built.model()
                    .forward(
                            results.input(prefix + "x"),
                            results.input(prefix + "noise_labels"),
                            optional(results, prefix + "class_labels"),
                            optional(results, prefix + "augment_labels"),
                            null));
        }
    }

    private static @Nullable Tensor optional(Comparison results, String key) {
        return results.has(key) ? results.input(key) : null;
    }
}
