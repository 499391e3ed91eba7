package io.medley.decode;

import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Runs the beam searches of a batch of contexts over one state; a context leaves the batch when its search is done. */
final class BeamDecoding {
    private final Batch batch;
    private final DecodingOptions options;
    private final Strategy.Beam beam;
    private final DecodingListener listener;

    BeamDecoding(Batch batch, DecodingOptions options, Strategy.Beam beam, DecodingListener listener) {
        this.batch = batch;
        this.options = options;
        this.beam = beam;
        this.listener = listener;
    }

    List<List<Continuation>> run(int[][] prompts) {
        var searches = new ArrayList<BeamSearch>();
        for (int c = 0; c < prompts.length; c++) {
            searches.add(new BeamSearch(c, prompts[c], options, beam));
        }
        var reason = search(searches, prompts);
        return searches.stream().map(s -> s.results(reason)).toList();
    }

    /** Searches to the end; says what ended those that are not done. */
    private FinishReason search(List<BeamSearch> searches, int[][] prompts) {
        var live = new ArrayList<>(searches);
        // The prompt is run once per context: at the first step the beams of a context read the same row.
        int rowsPerSearch = 1;
        int length = prompts[0].length;
        var logits = batch.prompt(prompts);
        while (true) {
            try {
                step(live, logits, rowsPerSearch);
            } finally {
                logits.close();
            }
            length++;
            if (length >= options.maxLength()) {
                return FinishReason.MAX_LENGTH;
            }
            var rows = new ArrayList<Integer>();
            var tokens = new ArrayList<Integer>();
            for (int s = 0; s < live.size(); s++) {
                var search = live.get(s);
                for (int b = 0; b < beam.beams() && !search.isDone(); b++) {
                    rows.add(s * rowsPerSearch + (rowsPerSearch == 1 ? 0 : search.origins()[b]));
                    tokens.add(search.open().get(b).ids()[length - 1]);
                }
            }
            live.removeIf(BeamSearch::isDone);
            if (live.isEmpty()) {
                return FinishReason.MAX_LENGTH;
            }
            if (listener.cancelled(length)) {
                return FinishReason.CANCELLED;
            }
            logits = batch.next(rows, tokens);
            rowsPerSearch = beam.beams();
        }
    }

    private void step(List<BeamSearch> live, Tensor logits, int rowsPerSearch) {
        var penalties = new ArrayList<Penalties>();
        for (var search : live) {
            for (int r = 0; r < rowsPerSearch; r++) {
                penalties.add(Penalties.of(search.open().get(r), options));
            }
        }
        var scores = RowScores.of(logits, penalties, 2 * beam.beams());
        for (int s = 0; s < live.size(); s++) {
            var rankings = new ArrayList<Ranking>();
            for (int b = 0; b < beam.beams(); b++) {
                int row = s * rowsPerSearch + (rowsPerSearch == 1 ? 0 : b);
                rankings.add(Ranking.of(
                        scores, row, batch.vocabularySize(), penalties.get(row), Ranking.Scale.LOG_PROBABILITIES));
            }
            live.get(s).step(rankings);
        }
    }
}
