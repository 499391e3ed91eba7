package io.medley.model.blip.task;

import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipClassifier;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.blip.BlipNlvr;
import io.medley.model.blip.BlipPretrained;
import io.medley.model.blip.BlipVqa;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The heads a directory has weights for.
 *
 * @param labels of the classifier, in order
 * @param temperature what cosines are divided by to compare labels
 */
record BlipHeads(
        @Nullable BlipMatcher matcher,
        @Nullable BlipCaptioner captioner,
        @Nullable BlipVqa vqa,
        @Nullable BlipNlvr nlvr,
        @Nullable BlipClassifier classifier,
        List<String> labels,
        double temperature) {
    /** The temperature BLIP's training starts with, for weights that do not carry theirs. */
    static final double TEMPERATURE = 0.07;

    static final BlipHeads NONE = new BlipHeads(null, null, null, null, null, List.of(), TEMPERATURE);

    BlipHeads withPretrained(BlipPretrained pretrained) {
        return withMatcher(pretrained.matcher())
                .withCaptioner(pretrained.captioner())
                .withTemperature(pretrained.temperature().item());
    }

    BlipHeads withMatcher(BlipMatcher head) {
        return new BlipHeads(head, captioner, vqa, nlvr, classifier, labels, temperature);
    }

    BlipHeads withCaptioner(BlipCaptioner head) {
        return new BlipHeads(matcher, head, vqa, nlvr, classifier, labels, temperature);
    }

    BlipHeads withVqa(BlipVqa head) {
        return new BlipHeads(matcher, captioner, head, nlvr, classifier, labels, temperature);
    }

    BlipHeads withNlvr(BlipNlvr head) {
        return new BlipHeads(matcher, captioner, vqa, head, classifier, labels, temperature);
    }

    BlipHeads withClassifier(BlipClassifier head, List<String> names) {
        return new BlipHeads(matcher, captioner, vqa, nlvr, head, names, temperature);
    }

    BlipHeads withTemperature(double value) {
        return new BlipHeads(matcher, captioner, vqa, nlvr, classifier, labels, value);
    }
}
