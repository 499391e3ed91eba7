package io.medley.task;

import io.medley.image.RgbImage;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Zero-shot classification by any {@link Embedder}, as CLIP does it: a label's vector is the normalised mean of its sentences'
 * normalised vectors; probabilities are the softmax of cosine / temperature.
 */
public final class ZeroShotClassifier implements Classifier {
    private final Embedder embedder;
    private final double temperature;

    /** @param temperature the learned softmax temperature of the model's contrastive loss, greater than 0, typically 0.01 to 0.07 */
    public ZeroShotClassifier(Embedder embedder, double temperature) {
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("temperature " + temperature + " is not greater than 0");
        }
        this.embedder = embedder;
        this.temperature = temperature;
    }

    @Override
    public List<List<LabelScore>> classify(List<RgbImage> images, List<String> labels, List<String> templates) {
        float[][] labelVectors = labelVectors(labels, templates);
        List<List<LabelScore>> results = new ArrayList<>();
        for (float[] image : embedder.images(images)) {
            results.add(rank(normalised(image), labels, labelVectors));
        }
        return results;
    }

    private float[][] labelVectors(List<String> labels, List<String> templates) {
        if (labels.isEmpty() || templates.isEmpty()) {
            throw new MedleyException("zero-shot classification needs at least one label and one template");
        }
        List<String> sentences = new ArrayList<>();
        for (String label : labels) {
            if (label.isBlank()) {
                throw new MedleyException("a label is empty; leave it out");
            }
            for (String template : templates) {
                if (!template.contains("{}")) {
                    throw new MedleyException("template \"" + template + "\" has no {} where the label goes");
                }
                sentences.add(template.replace("{}", label.strip()));
            }
        }
        float[][] vectors = embedder.texts(sentences);
        float[][] means = new float[labels.size()][embedder.space().dimension()];
        for (int i = 0; i < vectors.length; i++) {
            float[] vector = normalised(vectors[i]);
            float[] mean = means[i / templates.size()];
            for (int d = 0; d < mean.length; d++) {
                mean[d] += vector[d];
            }
        }
        for (int i = 0; i < means.length; i++) {
            means[i] = normalised(means[i]);
        }
        return means;
    }

    private List<LabelScore> rank(float[] image, List<String> labels, float[][] labelVectors) {
        double[] logits = new double[labels.size()];
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < logits.length; i++) {
            logits[i] = dot(image, labelVectors[i]) / temperature;
            max = Math.max(max, logits[i]);
        }
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            logits[i] = Math.exp(logits[i] - max);
            sum += logits[i];
        }
        List<LabelScore> scores = new ArrayList<>();
        for (int i = 0; i < logits.length; i++) {
            scores.add(new LabelScore(labels.get(i), logits[i] / sum));
        }
        scores.sort(Comparator.comparingDouble(LabelScore::probability).reversed());
        return scores;
    }

    private static float[] normalised(float[] vector) {
        double norm = Math.sqrt(dot(vector, vector));
        float[] out = new float[vector.length];
        for (int i = 0; norm > 0 && i < out.length; i++) {
            out[i] = (float) (vector[i] / norm);
        }
        return out;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
