package io.medley.model.blip.task;

import io.medley.image.RgbImage;
import io.medley.model.Gate;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.med.CrossMemory;
import io.medley.task.Caption;
import io.medley.task.CaptionOptions;
import io.medley.task.CaptionWriter;
import io.medley.task.EncodedImages;
import io.medley.task.PairScore;
import io.medley.task.SharedEncoding;
import io.medley.tensor.MedleyException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * BLIP's captioner and filter over one encoding. In a pre-training checkpoint both share the image encoder and the projections to keys and
 * values, so that a picture costs one encoder pass and one projection for both; heads that were tuned apart encode apart.
 */
final class BlipSharedEncoding implements SharedEncoding {
    private final Gate gate;
    private final BlipInputs inputs;
    private final @Nullable BlipCaptioner captioner;
    private final @Nullable BlipMatcher matcher;
    private final @Nullable BlipCaptionTask captions;
    private final @Nullable BlipMatchTask matches;

    /** @param first what stands first in a text that looks at an image, [ENC] or [CLS] */
    BlipSharedEncoding(
            Gate gate,
            BlipInputs inputs,
            @Nullable BlipCaptioner captioner,
            @Nullable BlipMatcher matcher,
            long first) {
        this.gate = gate;
        this.inputs = inputs;
        this.captioner = captioner;
        this.matcher = matcher;
        this.captions = captioner == null ? null : new BlipCaptionTask(gate, inputs, captioner);
        this.matches = matcher == null ? null : new BlipMatchTask(gate, inputs, matcher, first);
    }

    /** Keys and values for captions and for matching, possibly the same; unit vectors of the pictures for ITC. */
    private record Encoded(
            int size, @Nullable CrossMemory forCaptions, @Nullable CrossMemory forMatches, float[][] features)
            implements EncodedImages {
        @Override
        public void close() {
            if (forCaptions != null) {
                forCaptions.close();
            }
            if (forMatches != null && forMatches != forCaptions) {
                forMatches.close();
            }
        }
    }

    @Override
    public Set<Use> uses() {
        var uses = EnumSet.noneOf(Use.class);
        if (captioner != null) {
            uses.add(Use.CAPTION);
        }
        if (matcher != null) {
            uses.add(Use.MATCH);
        }
        return uses;
    }

    @Override
    public float[] prepare(RgbImage image) {
        return inputs.transform().apply(image);
    }

    @Override
    public EncodedImages encode(List<float[]> prepared, Set<Use> uses) {
        if (prepared.isEmpty() || uses.isEmpty()) {
            throw new IllegalArgumentException("nothing to encode, or nothing to encode it for");
        }
        var writer = uses.contains(Use.CAPTION) ? captioner() : null;
        var filter = uses.contains(Use.MATCH) ? matcher() : null;
        return gate.run(() -> {
            var pixels = inputs.prepared(prepared); // (B, 3, S, S)
            CrossMemory forCaptions = null;
            CrossMemory forMatches = null;
            var features = new float[0][];
            if (filter != null) {
                var embeds = filter.vision().forward(pixels); // (B, N, C)
                features = BlipMatchTask.rows(filter.imageFeatures(embeds));
                forMatches = filter.text().generationMemory(embeds).own();
                if (writer != null && writer.vision() == filter.vision()) {
                    forCaptions = writer.decoder().sharesMemory(filter.text())
                            ? forMatches
                            : writer.decoder().generationMemory(embeds).own();
                }
            }
            if (writer != null && forCaptions == null) {
                var embeds = writer.vision().forward(pixels);
                forCaptions = writer.decoder().generationMemory(embeds).own();
            }
            return new Encoded(prepared.size(), forCaptions, forMatches, features);
        });
    }

    @Override
    public List<List<Caption>> caption(EncodedImages images, CaptionOptions options, long[] keys) {
        var memory = memoryForCaptions(images);
        if (keys.length != images.size()) {
            throw new IllegalArgumentException(keys.length + " keys for " + images.size() + " pictures");
        }
        return gate.run(() -> captions().caption(memory, options, keys));
    }

    @Override
    public CaptionWriter writer(CaptionOptions options, int pictures) {
        return captions().writer(options, pictures, BlipSharedEncoding::memoryForCaptions);
    }

    private static CrossMemory memoryForCaptions(EncodedImages images) {
        var memory = encoded(images).forCaptions();
        if (memory == null) {
            throw new IllegalArgumentException("the pictures were not encoded for captions");
        }
        return memory;
    }

    @Override
    public List<List<PairScore>> match(EncodedImages images, List<List<String>> texts) {
        var encoded = encoded(images);
        var memory = encoded.forMatches();
        if (matches == null || memory == null) {
            throw new IllegalArgumentException("the pictures were not encoded for matching");
        }
        if (texts.size() != images.size()) {
            throw new IllegalArgumentException(texts.size() + " lists of texts for " + images.size() + " pictures");
        }
        texts.forEach(some -> Parts.requireTexts(some, "text"));
        return gate.run(() -> matches.score(memory, encoded.features(), texts));
    }

    private BlipCaptioner captioner() {
        return required(captioner);
    }

    private BlipCaptionTask captions() {
        return required(captions);
    }

    private static <T> T required(@Nullable T ofCaptioner) {
        if (ofCaptioner == null) {
            throw new MedleyException("this model has no captioner; give one that has");
        }
        return ofCaptioner;
    }

    private BlipMatcher matcher() {
        if (matcher == null) {
            throw new MedleyException("this model cannot match texts with pictures; give one that has a filter");
        }
        return matcher;
    }

    private static Encoded encoded(EncodedImages images) {
        if (images instanceof Encoded encoded) {
            return encoded;
        }
        throw new IllegalArgumentException("the pictures were encoded by another system");
    }
}
