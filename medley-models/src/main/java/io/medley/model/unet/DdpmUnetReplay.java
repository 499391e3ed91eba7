package io.medley.model.unet;

import io.medley.model.ModelWeights;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.NetworkCases;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.tensor.Scope;
import java.io.IOException;

/** {@code Model.forward(x, t)} of ermongroup/ddim. */
public final class DdpmUnetReplay implements Replay {
    private static final String EMBEDDING = "timestep_embedding";

    @Override
    public String name() {
        return "ddim U-Net";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.upstream().contains("ermongroup/ddim") && DdimJson.isOne(directory.config());
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        try (var scope = Scope.open()) {
            var config = DdimJson.read(directory.config());
            var built = ModelWeights.trainable(
                    directory.weights(), ModelWeights.Rules.STRICT, weights -> new DdpmUnet(weights, config));
            NetworkCases.run(results, built.weights(), prefix -> {
                var times = results.input(prefix + "t");
                results.checkIfPresent(EMBEDDING, config.time().of(times));
                return built.model().forward(results.input(prefix + "x"), times);
            });
        }
    }
}
