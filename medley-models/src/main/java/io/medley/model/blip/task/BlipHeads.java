package io.medley.model.blip.task;

import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.blip.BlipPretrained;
import io.medley.model.blip.BlipVqa;
import org.jspecify.annotations.Nullable;

/**
 * The heads a directory has weights for.
 *
 * @param temperature what cosines are divided by to compare labels
 */
record BlipHeads(
        @Nullable BlipMatcher matcher, @Nullable BlipCaptioner captioner, @Nullable BlipVqa vqa, double temperature) {
    /** The temperature BLIP's training starts with, for weights that do not carry theirs. */
    static final double TEMPERATURE = 0.07;

    static final BlipHeads NONE = new BlipHeads(null, null, null, TEMPERATURE);

    BlipHeads withPretrained(BlipPretrained pretrained) {
        return new BlipHeads(
                pretrained.matcher(),
                pretrained.captioner(),
                vqa,
                pretrained.temperature().item());
    }

    BlipHeads withMatcher(BlipMatcher head) {
        return new BlipHeads(head, captioner, vqa, temperature);
    }

    BlipHeads withCaptioner(BlipCaptioner head) {
        return new BlipHeads(matcher, head, vqa, temperature);
    }

    BlipHeads withVqa(BlipVqa head) {
        return new BlipHeads(matcher, captioner, head, temperature);
    }

    BlipHeads withTemperature(double value) {
        return new BlipHeads(matcher, captioner, vqa, value);
    }
}
