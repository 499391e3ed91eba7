package io.medley.capfilt;

import io.medley.data.Sample;
import java.util.List;

/** The texts a picture came with. */
final class WebTexts {
    private WebTexts() {}

    /** Those of the sample; without any, the {@code caption} of its metadata, where img2dataset puts it too. */
    static List<String> of(Sample sample) {
        if (!sample.texts().isEmpty()) {
            return sample.texts();
        }
        var caption = sample.metadata().path("caption");
        return caption.isString() && !caption.stringValue().isBlank()
                ? List.of(caption.stringValue().strip())
                : List.of();
    }
}
