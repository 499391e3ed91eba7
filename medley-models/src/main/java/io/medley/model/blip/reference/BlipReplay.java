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

    private static final Map<String, Cases> CLASSES = Map.ofEntries(
            Map.entry("BLIP_Base", BaseCases::run),
            Map.entry("BLIP_ITM", MatcherCases::run),
            Map.entry("BLIP_Decoder", CaptionerCases::run),
            Map.entry("BLIP_Pretrain", PretrainingCases::run),
            Map.entry("BlipITM", GradCamCases::run),
            Map.entry("BLIP_VQA", VqaCases::run),
            Map.entry("BLIP_NLVR", NlvrCases::run),
            Map.entry("BLIP_Retrieval", RetrievalCases::run),
            Map.entry("BlipForConditionalGeneration", HuggingFaceCases::captioning),
            Map.entry("BlipForQuestionAnswering", HuggingFaceCases::vqa),
            Map.entry("BlipForImageTextRetrieval", HuggingFaceCases::retrieval),
            Map.entry("BlipModel", HuggingFaceCases::contrastive));

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
