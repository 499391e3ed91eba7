package io.medley.data;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Two pictures and a sentence that is true of them or not (NLVR2).
 *
 * @param label empty in test sets
 * @param metadata what else the annotations say
 */
public record PairSample(
        String key,
        EncodedImage left,
        EncodedImage right,
        String sentence,
        Optional<Boolean> label,
        ObjectNode metadata) {}
