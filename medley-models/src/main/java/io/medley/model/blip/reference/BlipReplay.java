package io.medley.model.blip.reference;

import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.tensor.Scope;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/** BLIP as salesforce/BLIP, salesforce/LAVIS and Hugging Face compute it. */
public final class BlipReplay implements Replay {
    private interface Cases {
        void run(ReferenceDirectory directory, Comparison results) throws IOException;
    }

    private static final Map<String, Cases> CLASSES = Map.of(
            "BLIP_Base", BaseCases::run,
            "BLIP_ITM", MatcherCases::run,
            "BLIP_Decoder", CaptionerCases::run,
            "BLIP_Pretrain", PretrainingCases::run,
            "BLIP_VQA", VqaCases::run,
            "BLIP_NLVR", NlvrCases::run,
            "BLIP_Retrieval", RetrievalCases::run);

    @Override
    public String name() {
        return "blip";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return CLASSES.containsKey(upstreamClass(directory));
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        try (var scope = Scope.open()) {
            Objects.requireNonNull(CLASSES.get(upstreamClass(directory))).run(directory, results);
        }
    }

    private static String upstreamClass(ReferenceDirectory directory) {
        var name = directory.upstreamClass();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
