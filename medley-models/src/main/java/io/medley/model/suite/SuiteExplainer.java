package io.medley.model.suite;

import io.medley.image.RgbImage;
import io.medley.task.Explainer;
import io.medley.task.Explanation;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lets the first part that can explain a target explain it. */
record SuiteExplainer(List<Explainer> parts) implements Explainer {

    @Override
    public boolean supports(Class<? extends Target> kind) {
        return parts.stream().anyMatch(part -> part.supports(kind));
    }

    @Override
    public List<Explanation> explain(List<RgbImage> images, List<Target> targets) {
        if (images.size() != targets.size()) {
            throw new MedleyException(
                    "there are " + images.size() + " images but " + targets.size() + " targets to explain");
        }
        List<Explanation> results = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            results.add(part(target).explain(images.get(i), target));
        }
        return results;
    }

    private Explainer part(Target target) {
        for (Explainer part : parts) {
            if (part.supports(target.getClass())) {
                return part;
            }
        }
        throw new MedleyException("this model cannot explain "
                + target.getClass().getSimpleName().toLowerCase(Locale.ROOT) + "; no part of it has the head for it");
    }
}
