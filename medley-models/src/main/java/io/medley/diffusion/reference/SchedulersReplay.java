package io.medley.diffusion.reference;

import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import java.io.IOException;

/** The schedulers of huggingface/diffusers, step by step: time steps, noise levels, what the network is asked, every state. */
public final class SchedulersReplay implements Replay {
    @Override
    public String name() {
        return "diffusers schedulers";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.upstream().startsWith("huggingface/diffusers")
                && directory.cases().has("schedulers");
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var toy = ToyNetwork.of(directory);
        for (var entry : directory.cases().path("schedulers").properties()) {
            results.part(entry.getKey(), () -> new SchedulerCase(results, entry.getKey(), entry.getValue(), toy).run());
        }
    }
}
