package io.medley.decode;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The token of the highest processed logit; of equal ones the lowest id. */
final class GreedyChooser implements TokenChooser {
    @Override
    public List<Choice> choose(Tensor logits, List<Penalties> penalties, int[] rows, List<RandomStream> streams) {
        var scores = RowScores.of(logits, penalties, 1);
        var choices = new ArrayList<Choice>(rows.length);
        int vocabulary = Math.toIntExact(logits.size(1));
        for (int row : rows) {
            var ranking = Ranking.of(scores, row, vocabulary, penalties.get(row), Ranking.Scale.LOGITS);
            if (ranking.size() == 0) {
                throw new MedleyException(
                        "decoding: the end token is the only token of the vocabulary, but the minimum "
                                + "length forbids it");
            }
            choices.add(new Choice(ranking.token(0), ranking.logProbability(0)));
        }
        return choices;
    }
}
