package io.medley.decode;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Temperature, top-k and nucleus sampling. With top-k, only as many tokens as can matter are looked at; without, softmax is taken over the
 * vocabulary and {@link Nucleus} draws without sorting it. Both give the distribution that sorting and cutting the full vocabulary gives.
 */
final class SamplingChooser implements TokenChooser {
    // Below this, what the penalties leave of a row is too small a part of its softmax to be read from float32
    // probabilities.
    private static final double LEAST_MASS = 1e-6;

    private final Strategy.Sample strategy;
    private final float temperature;

    SamplingChooser(Strategy.Sample strategy) {
        this.strategy = strategy;
        temperature = (float) strategy.temperature();
    }

    @Override
    public List<Choice> choose(Tensor logits, List<Penalties> penalties, int[] rows, List<RandomStream> streams) {
        boolean limited = strategy.topK() > 0 && strategy.topK() < logits.size(1);
        return limited ? chooseOfTopK(logits, penalties, rows, streams) : chooseOfAll(logits, penalties, rows, streams);
    }

    private List<Choice> chooseOfTopK(
            Tensor logits, List<Penalties> penalties, int[] rows, List<RandomStream> streams) {
        int vocabulary = Math.toIntExact(logits.size(1));
        // One more than wanted, to see whether the last of the top k has equals outside, which upstream keeps too.
        var scores = RowScores.of(logits, penalties, strategy.topK() + 1);
        var choices = new ArrayList<Choice>(rows.length);
        for (int s = 0; s < rows.length; s++) {
            int row = rows[s];
            var ranking = Ranking.of(scores, row, vocabulary, penalties.get(row), Ranking.Scale.LOGITS);
            int k = Math.min(strategy.topK(), ranking.size());
            requireTokens(k);
            float least = ranking.score(k - 1) / temperature;
            if (ranking.outside() / temperature >= least) {
                ranking = all(logits, row, penalties.get(row));
            }
            choices.add(draw(ranking, least, streams.get(s)));
        }
        return choices;
    }

    /** The whole row: for the rare ties at the end of the top k. */
    private static Ranking all(Tensor logits, int row, Penalties penalties) {
        try (var scope = Scope.open()) {
            int vocabulary = Math.toIntExact(logits.size(1));
            var scores = RowScores.of(logits.narrow(0, row, 1), List.of(penalties), vocabulary);
            return Ranking.of(scores, 0, vocabulary, penalties, Ranking.Scale.LOGITS);
        }
    }

    /**
     * The weights of the ranking's first tokens that top-k and top-p leave, up to a factor.
     *
     * @param least the score, divided by the temperature, of the last token of the top k
     */
    private double[] cut(Ranking ranking, float least) {
        var weights = new double[ranking.size()];
        int kept = 0;
        double total = 0;
        while (kept < weights.length && ranking.score(kept) / temperature >= least) {
            weights[kept] = Math.exp(ranking.score(kept) / temperature - ranking.score(0) / temperature);
            total += weights[kept++];
        }
        double mass = 0;
        int inside = 0;
        while (inside < kept && mass <= strategy.topP() * total) {
            mass += weights[inside++];
        }
        return Arrays.copyOf(weights, inside);
    }

    private Choice draw(Ranking ranking, float least, RandomStream stream) {
        var weights = cut(ranking, least);
        double left = stream.next() * Arrays.stream(weights).sum();
        int at = 0;
        while (at < weights.length - 1 && (left -= weights[at]) >= 0) {
            at++;
        }
        return new Choice(ranking.token(at), ranking.logProbability(at));
    }

    /** The probabilities (V) that a row's next token is drawn with. */
    float[] distribution(Tensor logits, int row, Penalties penalties) {
        var ranking = all(logits, row, penalties);
        int k = strategy.topK() == 0 ? ranking.size() : Math.min(strategy.topK(), ranking.size());
        requireTokens(k);
        var weights = cut(ranking, ranking.score(k - 1) / temperature);
        double total = Arrays.stream(weights).sum();
        var probabilities = new float[Math.toIntExact(logits.size(1))];
        for (int i = 0; i < weights.length; i++) {
            probabilities[ranking.token(i)] = (float) (weights[i] / total);
        }
        return probabilities;
    }

    private List<Choice> chooseOfAll(Tensor logits, List<Penalties> penalties, int[] rows, List<RandomStream> streams) {
        try (var scope = Scope.open()) {
            var weights = weights(logits, penalties);
            int vocabulary = Math.toIntExact(logits.size(1));
            var tokens = new int[rows.length];
            var nuclei = new Nucleus[penalties.size()];
            for (int r = 0; r < nuclei.length; r++) {
                nuclei[r] = new Nucleus(weights, r * vocabulary, (r + 1) * vocabulary);
                if (!Double.isFinite(nuclei[r].total()) || nuclei[r].total() < LEAST_MASS) {
                    recompute(weights, logits, r, penalties.get(r));
                    nuclei[r] = new Nucleus(weights, r * vocabulary, (r + 1) * vocabulary);
                }
            }
            for (int s = 0; s < rows.length; s++) {
                tokens[s] = nuclei[rows[s]].draw(strategy.topP(), streams.get(s));
            }
            return withLogProbabilities(logits, rows, tokens);
        }
    }

    /** Per row, softmax(processed logits / temperature) up to a factor of the row; (R·V). */
    private float[] weights(Tensor logits, List<Penalties> penalties) {
        var scaled = temperature == 1 ? logits : logits.div(temperature);
        var weights = scaled.softmax(1).toFloats();
        if (penalties.stream().allMatch(Penalties::isNone)) {
            return weights;
        }
        int vocabulary = Math.toIntExact(logits.size(1));
        // One token is wanted only because the largest logits come along; the repeated tokens are what is needed here.
        var scores = RowScores.of(logits, penalties, 1);
        var sums = temperature == 1 ? null : RowScores.logSumExp(scaled).toFloats();
        for (int r = 0; r < penalties.size(); r++) {
            var penalty = penalties.get(r);
            double sum = sums == null ? scores.logSumExp(r) : sums[r];
            for (int i = 0; i < penalty.repeated().length; i++) {
                float score = penalty.apply(scores.marked(r, i)) / temperature;
                weights[r * vocabulary + penalty.repeated()[i]] = (float) Math.exp(score - sum);
            }
            if (penalty.banned() >= 0) {
                weights[r * vocabulary + penalty.banned()] = 0;
            }
        }
        return weights;
    }

    /** The weights of one row, relative to the largest that the penalties leave. */
    private void recompute(float[] weights, Tensor logits, int row, Penalties penalties) {
        var ranking = all(logits, row, penalties);
        requireTokens(ranking.size());
        int from = row * Math.toIntExact(logits.size(1));
        for (int i = 0; i < ranking.size(); i++) {
            weights[from + ranking.token(i)] =
                    (float) Math.exp(ranking.score(i) / temperature - ranking.score(0) / temperature);
        }
    }

    private static void requireTokens(int count) {
        if (count == 0) {
            throw new MedleyException(
                    "decoding: the end token is the only token of the vocabulary, but the minimum length forbids it");
        }
    }

    private static List<Choice> withLogProbabilities(Tensor logits, int[] rows, int[] tokens) {
        long vocabulary = logits.size(1);
        var positions = new long[rows.length];
        for (int s = 0; s < rows.length; s++) {
            positions[s] = rows[s] * vocabulary + tokens[s];
        }
        var chosen = logits.reshape(-1).indexSelect(0, Tensor.of(positions, rows.length));
        var read =
                Tensor.cat(0, chosen, RowScores.logSumExp(logits).reshape(-1)).toFloats();
        var choices = new ArrayList<Choice>(rows.length);
        for (int s = 0; s < rows.length; s++) {
            float sum = read[rows.length + rows[s]];
            RowScores.requireFinite(sum, rows[s]);
            choices.add(new Choice(tokens[s], read[s] - sum));
        }
        return choices;
    }
}
