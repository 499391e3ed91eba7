package io.medley.model.blip.reference;

import io.medley.decode.DecodingOptions;
import io.medley.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The scores of a generation as transformers 4.15 records them: of greedy decoding the processed logits; of beam search the processed
 * log-probabilities plus those of the hypothesis so far, where at the first step all beams but the first start from −1e9.
 */
final class BeamScores {
    private final int beams;
    private final DecodingOptions options;
    private Map<String, float[]> previous = new HashMap<>();

    BeamScores(int beams, DecodingOptions options) {
        this.beams = beams;
        this.options = options;
    }

    /**
     * Writes what each step gave over a copy of what is expected: contexts that are finished leave our batch, while the original goes on
     * feeding them padding, with results nobody reads.
     *
     * @param expected (steps, contexts·beams, V)
     */
    Tensor over(List<StepScores.Step> steps, Tensor expected) {
        var actual = expected.copy();
        for (int s = 0; s < steps.size(); s++) {
            var step = steps.get(s);
            var base = beams == 1 ? step.logits() : step.logits().logSoftmax(-1);
            var totals = new HashMap<String, float[]>();
            int beam = 0;
            for (int r = 0; r < step.ids().length; r++) {
                beam = r > 0 && step.contexts()[r] == step.contexts()[r - 1] ? beam + 1 : 0;
                long first = (long) step.contexts()[r] * beams;
                float[] scores = processed(base.select(0, r), step.ids()[r]);
                if (s == 0) {
                    // One row stands for all beams of its context.
                    for (int b = 1; b < beams; b++) {
                        write(actual, s, first + b, plus(scores, -1e9f));
                    }
                } else if (beams > 1) {
                    scores = plus(scores, soFar(step, r));
                }
                write(actual, s, first + beam, scores);
                totals.put(key(step.contexts()[r], step.ids()[r]), scores);
            }
            previous = totals;
        }
        return actual;
    }

    private float soFar(StepScores.Step step, int row) {
        long[] ids = step.ids()[row];
        float[] before = previous.get(key(step.contexts()[row], Arrays.copyOf(ids, ids.length - 1)));
        if (before == null) {
            throw new IllegalStateException("row " + row + " continues no row of the step before");
        }
        return before[Math.toIntExact(ids[ids.length - 1])];
    }

    private float[] processed(Tensor scores, long[] ids) {
        float[] values = scores.toFloats();
        float penalty = (float) options.repetitionPenalty();
        for (long id : Arrays.stream(ids).distinct().toArray()) {
            int at = Math.toIntExact(id);
            values[at] = values[at] < 0 ? values[at] * penalty : values[at] / penalty;
        }
        if (ids.length < options.minLength()) {
            values[options.endToken()] = Float.NEGATIVE_INFINITY;
        }
        return values;
    }

    private static void write(Tensor actual, int step, long row, float[] scores) {
        actual.select(0, step).select(0, row).copy_(Tensor.of(scores, scores.length));
    }

    private static float[] plus(float[] scores, float more) {
        float[] sums = scores.clone();
        for (int i = 0; i < sums.length; i++) {
            sums[i] += more;
        }
        return sums;
    }

    private static String key(int context, long[] ids) {
        return context + ":" + Arrays.toString(ids);
    }
}
