package io.medley.model.dit;

import io.medley.model.ModelWeights;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.NetworkCases;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.tensor.Scope;
import java.io.IOException;

/** {@code DiT.forward(x, t, y)} of facebookresearch/DiT. */
public final class DitReplay implements Replay {
    @Override
    public String name() {
        return "DiT";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.upstream().contains("facebookresearch/DiT");
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        try (var scope = Scope.open()) {
            var config = DitConfig.read(directory.config());
            var built = ModelWeights.trainable(
                    directory.weights(), ModelWeights.Rules.STRICT, weights -> new Dit(weights, config));
            NetworkCases.run(results, built.weights(), prefix -> {
                var told = built.model().classes(results.input(prefix + "y"));
                return built.model().forward(results.input(prefix + "x"), results.input(prefix + "t"), told);
            });
        }
    }
}
