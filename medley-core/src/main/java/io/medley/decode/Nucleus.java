package io.medley.decode;

import java.util.stream.IntStream;

/**
 * Draws from the nucleus of a distribution over the whole vocabulary without sorting it.
 *
 * <p>The nucleus is the set of tokens before which, in decreasing order of weight (equal weights in order of ids), lies a mass of at most
 * p. A token drawn from the full distribution is therefore in it exactly if the mass of the tokens before it is at most p, which one pass
 * over the weights tells. Drawing again until that is so is rejection sampling: the accepted token has the full distribution restricted to
 * the nucleus, which is what sorting, cutting and renormalising gives. The nucleus has at least mass p, so 1/p draws are enough on average.
 */
final class Nucleus {
    // Small p would need many draws; each is independent, so changing to the sorted nucleus after some changes nothing.
    private static final int DRAWS = 8;

    private final float[] weights;
    private final int from;
    private final int to;
    private final double total;

    /** Over {@code weights[from..to)}, not negative, not necessarily summing to one. */
    Nucleus(float[] weights, int from, int to) {
        this.weights = weights;
        this.from = from;
        this.to = to;
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += weights[i];
        }
        total = sum;
    }

    double total() {
        return total;
    }

    /** Draws a token (an index from 0) of the nucleus of mass {@code p}. */
    int draw(double p, RandomStream stream) {
        for (int i = 0; i < DRAWS; i++) {
            int index = drawAny(stream);
            if (p >= 1 || massBefore(index) <= p * total) {
                return index - from;
            }
        }
        return drawSorted(p, stream);
    }

    private int drawAny(RandomStream stream) {
        double left = stream.next() * total;
        int last = from;
        for (int i = from; i < to; i++) {
            if (weights[i] > 0) {
                left -= weights[i];
                last = i;
                if (left < 0) {
                    break;
                }
            }
        }
        return last;
    }

    private double massBefore(int index) {
        float weight = weights[index];
        double mass = 0;
        for (int i = from; i < index; i++) {
            mass += weights[i] >= weight ? weights[i] : 0;
        }
        for (int i = index + 1; i < to; i++) {
            mass += weights[i] > weight ? weights[i] : 0;
        }
        return mass;
    }

    private int drawSorted(double p, RandomStream stream) {
        int[] order = IntStream.range(from, to)
                .boxed()
                .sorted((a, b) -> weights[a] != weights[b] ? Float.compare(weights[b], weights[a]) : a - b)
                .mapToInt(Integer::intValue)
                .toArray();
        double mass = 0;
        int kept = 0;
        while (kept < order.length && mass <= p * total) {
            mass += weights[order[kept++]];
        }
        double left = stream.next() * mass;
        for (int i = 0; i < kept; i++) {
            left -= weights[order[i]];
            if (left < 0) {
                return order[i] - from;
            }
        }
        return order[kept - 1] - from;
    }
}
