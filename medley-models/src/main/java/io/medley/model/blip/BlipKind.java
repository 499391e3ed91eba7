package io.medley.model.blip;

import io.medley.tensor.MedleyException;
import java.util.Locale;
import java.util.Set;

/** What a file of BLIP weights is for. */
public enum BlipKind {
    /** Captions: {@code BLIP_Decoder}. */
    CAPTION,
    /** Matching: {@code BLIP_ITM}. */
    MATCH,
    /** Matching, with what retrieval was tuned with. */
    RETRIEVAL,
    /** Matching and captions from shared weights: {@code BLIP_Pretrain}, with or without its momentum copies and queues. */
    PRETRAIN,
    /** Question answering: {@code BLIP_VQA}. */
    VQA,
    /** Sentences about two images: {@code BLIP_NLVR}. */
    NLVR,
    /** Categories of images with texts: {@code BlipClassification} of LAVIS. */
    CLASSIFY,
    /** Encoders without heads: {@code BLIP_Base}. */
    FEATURES;

    /** Judges by the names of the weights. */
    public static BlipKind of(Set<String> names) {
        boolean encoder = names.contains("text_encoder.embeddings.word_embeddings.weight");
        boolean decoder = names.contains("text_decoder.cls.predictions.bias");
        boolean matching = names.contains("itm_head.weight");
        if (names.contains("cls_head.0.weight")) {
            // Only NLVR2 has a cross-attention for each of two images.
            return names.contains("text_encoder.encoder.layer.0.crossattention.self0.query.weight") ? NLVR : CLASSIFY;
        }
        if (decoder) {
            return matching ? PRETRAIN : encoder ? VQA : CAPTION;
        }
        boolean tuned = names.contains("idx_queue") || names.contains("temp");
        return !matching ? FEATURES : tuned ? RETRIEVAL : MATCH;
    }

    /** As configurations write it: {@code caption}, {@code match}, … */
    static BlipKind named(String name) {
        for (var kind : values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                return kind;
            }
        }
        throw new MedleyException("BLIP configuration: part \"" + name
                + "\" is unknown; expected caption, match, retrieval, pretrain, vqa, nlvr, classify or features");
    }
}
