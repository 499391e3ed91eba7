package io.medley.model.blip.task;

import io.medley.image.RgbImage;
import io.medley.model.Gate;
import io.medley.model.blip.BlipMatcher;
import io.medley.model.med.CrossMemory;
import io.medley.task.Match;
import io.medley.task.Matcher;
import io.medley.task.PairScore;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.text.Captions;
import java.util.ArrayList;
import java.util.List;

/**
 * Image-text matching: the cosine of {@code BLIP_ITM} with {@code match_head='itc'} and the probability of its {@code 'itm'} head.
 *
 * <p>Texts are cleaned by {@code pre_caption} and cut to 35 tokens, as in the original's retrieval; they are not padded to 35, which changes
 * nothing.
 */
final class BlipMatchTask implements Matcher {
    private final Gate gate;
    private final BlipInputs inputs;
    private final BlipMatcher model;
    private final long first;

    /** @param first what stands first in a text that looks at an image, [ENC] or [CLS] */
    BlipMatchTask(Gate gate, BlipInputs inputs, BlipMatcher model, long first) {
        this.gate = gate;
        this.inputs = inputs;
        this.model = model;
        this.first = first;
    }

    @Override
    public List<Match> pairs(List<RgbImage> images, List<String> texts) {
        Parts.requirePairs(images, texts, "texts");
        Parts.requireTexts(texts, "text");
        return gate.run(() -> {
            var results = new ArrayList<Match>();
            int size = Parts.images(model.config(), 0, 0);
            var clean = Parts.of(texts.stream().map(Captions::preCaption).toList(), size);
            for (var part : Parts.of(images, size)) {
                try (var scope = Scope.open()) {
                    results.addAll(pairPart(Runs.of(part), clean.get(results.size() / size)));
                }
            }
            return results;
        });
    }

    private List<Match> pairPart(Runs runs, List<String> texts) {
        var embeds = model.vision().forward(inputs.pixels(runs.images())); // (I, N, C)
        var memory = model.memory(embeds);
        float[][] imageFeatures = rows(model.imageFeatures(embeds));
        float[][] textFeatures = textFeatures(texts);
        var results = new ArrayList<Match>();
        if (runs.single()) {
            float[] probabilities = probabilities(texts(texts), memory);
            for (int i = 0; i < texts.size(); i++) {
                results.add(new Match(dot(imageFeatures[i], textFeatures[i]), probabilities[i]));
            }
            return results;
        }
        for (int run = 0; run < runs.count(); run++) {
            int start = runs.start(run);
            float[] probabilities = probabilities(
                    texts(texts.subList(start, start + runs.length(run))),
                    memory.select(Tensor.of(new long[] {run}, 1)));
            for (int i = 0; i < probabilities.length; i++) {
                results.add(new Match(dot(imageFeatures[run], textFeatures[start + i]), probabilities[i]));
            }
        }
        return results;
    }

    /**
     * Scores texts against pictures whose keys and values and whose unit vectors are there already; within the gate.
     *
     * @param texts per picture any number
     */
    List<List<PairScore>> score(CrossMemory memory, float[][] imageFeatures, List<List<String>> texts) {
        var clean = texts.stream()
                .map(some -> some.stream().map(Captions::preCaption).toList())
                .toList();
        var scores = new ArrayList<List<PairScore>>();
        clean.forEach(some -> scores.add(new ArrayList<>()));
        int most = clean.stream().mapToInt(List::size).max().orElse(0);
        int columns = Math.max(1, 2 * Parts.TEXTS / Math.max(1, clean.size()));
        for (int from = 0; from < most; from += columns) {
            try (var scope = Scope.open()) {
                scoreColumns(memory, imageFeatures, clean, from, Math.min(columns, most - from), scores);
            }
        }
        return scores;
    }

    /** Columns {@code from} … of a ragged table; where a picture has no text left, another's place is kept by one that nobody reads. */
    private void scoreColumns(
            CrossMemory memory,
            float[][] imageFeatures,
            List<List<String>> texts,
            int from,
            int columns,
            List<List<PairScore>> scores) {
        var block = new ArrayList<String>();
        for (var some : texts) {
            for (int c = from; c < from + columns; c++) {
                block.add(c < some.size() ? some.get(c) : "");
            }
        }
        var encoded = texts(block);
        float[] logits = model.itmLogits(encoded.ids(), encoded.mask(), memory).toFloats(); // (I·columns, 2)
        float[][] textFeatures = textFeatures(block);
        for (int i = 0; i < texts.size(); i++) {
            for (int c = from; c < Math.min(from + columns, texts.get(i).size()); c++) {
                int row = i * columns + c - from;
                double logit = (double) logits[2 * row + 1] - logits[2 * row];
                scores.get(i).add(new PairScore(logit, dot(imageFeatures[i], textFeatures[row])));
            }
        }
    }

    @Override
    public List<List<Match>> grid(List<RgbImage> images, List<String> texts) {
        Parts.requireTexts(texts, "text");
        return gate.run(() -> {
            var clean = texts.stream().map(Captions::preCaption).toList();
            var textFeatures = new ArrayList<float[]>();
            for (var part : Parts.of(clean, Parts.TEXTS)) {
                try (var scope = Scope.open()) {
                    textFeatures.addAll(List.of(textFeatures(part)));
                }
            }
            var results = new ArrayList<List<Match>>();
            for (var part : Parts.of(images, Parts.images(model.config(), 0, 0))) {
                try (var scope = Scope.open()) {
                    results.addAll(gridPart(part, clean, textFeatures));
                }
            }
            return results;
        });
    }

    private List<List<Match>> gridPart(List<RgbImage> images, List<String> texts, List<float[]> textFeatures) {
        var embeds = model.vision().forward(inputs.pixels(images)); // (I, N, C)
        var memory = model.memory(embeds);
        float[][] imageFeatures = rows(model.imageFeatures(embeds));
        var results = new ArrayList<List<Match>>();
        images.forEach(image -> results.add(new ArrayList<>()));
        for (var part : Parts.of(texts, Math.max(1, 2 * Parts.TEXTS / images.size()))) {
            try (var scope = Scope.open()) {
                var encoded = texts(part);
                var all = new BlipInputs.Texts(
                        forEach(encoded.ids(), images.size()),
                        encoded.mask() == null ? null : forEach(encoded.mask(), images.size()));
                float[] probabilities = probabilities(all, memory);
                for (int i = 0; i < images.size(); i++) {
                    int done = results.get(i).size();
                    for (int t = 0; t < part.size(); t++) {
                        double cosine = dot(imageFeatures[i], textFeatures.get(done + t));
                        results.get(i).add(new Match(cosine, probabilities[i * part.size() + t]));
                    }
                }
            }
        }
        return results;
    }

    /** (T, L) → (I·T, L), all texts for the first image, then for the second, … */
    private static Tensor forEach(Tensor texts, int images) {
        return texts.unsqueeze(0).expand(images, -1, -1).reshape(images * texts.size(0), texts.size(1));
    }

    private BlipInputs.Texts texts(List<String> texts) {
        return inputs.texts(texts, BlipInputs.TEXT_TOKENS, first);
    }

    private float[] probabilities(BlipInputs.Texts texts, CrossMemory memory) {
        return model.itmLogits(texts.ids(), texts.mask(), memory)
                .softmax(-1)
                .select(1, 1)
                .contiguous()
                .toFloats();
    }

    private float[][] textFeatures(List<String> texts) {
        var encoded =
                inputs.texts(texts, BlipInputs.TEXT_TOKENS, inputs.tokens().cls());
        return rows(model.textFeatures(encoded.ids(), encoded.mask()));
    }

    /** (R, E) as Java arrays. */
    static float[][] rows(Tensor tensor) {
        int width = Math.toIntExact(tensor.size(1));
        float[] all = tensor.toFloats();
        var rows = new float[all.length / width][width];
        for (int r = 0; r < rows.length; r++) {
            System.arraycopy(all, r * width, rows[r], 0, width);
        }
        return rows;
    }

    /** Cosine of unit vectors; rounding may not carry it outside −1 … 1. */
    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return Math.max(-1, Math.min(1, sum));
    }
}
