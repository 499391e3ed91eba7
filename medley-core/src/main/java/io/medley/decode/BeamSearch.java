package io.medley.decode;

import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.List;

/**
 * The beam search of one context, as transformers' {@code BeamSearchScorer} and the candidate step of {@code beam_search} do it. {@link
 * BeamDecoding} feeds it one step's rankings at a time.
 */
final class BeamSearch {
    // Upstream's start: all beams hold the same prompt, so all but the first are pushed out of the running.
    private static final float SUPPRESSED = -1e9f;

    private record Scored(double score, Hypothesis hypothesis, FinishReason reason) {}

    private record Candidate(int beam, int token, float score, float logProbability) {}

    private final DecodingOptions options;
    private final Strategy.Beam beam;
    private final int context;
    private final int promptLength;
    private final List<Scored> finished = new ArrayList<>();
    private double worstScore = 1e9;
    private List<Hypothesis> open = new ArrayList<>();
    private float[] openScores;
    private int[] origins;
    private boolean done;

    BeamSearch(int context, int[] prompt, DecodingOptions options, Strategy.Beam beam) {
        this.context = context;
        this.options = options;
        this.beam = beam;
        promptLength = prompt.length;
        openScores = new float[beam.beams()];
        origins = new int[beam.beams()];
        for (int i = 0; i < beam.beams(); i++) {
            open.add(Hypothesis.of(prompt));
            openScores[i] = i == 0 ? 0 : SUPPRESSED;
        }
    }

    /** Takes one step, given the ranking of each beam's next tokens by log-probability, 2·beams of them if there are so many. */
    void step(List<Ranking> rankings) {
        var candidates = best(rankings, 2 * beam.beams());
        int length = open.get(0).length();
        var next = new ArrayList<Hypothesis>();
        var nextScores = new float[beam.beams()];
        var nextOrigins = new int[beam.beams()];
        for (int rank = 0; rank < candidates.size() && next.size() < beam.beams(); rank++) {
            var candidate = candidates.get(rank);
            var hypothesis = open.get(candidate.beam());
            if (candidate.token() != options.endToken()) {
                nextScores[next.size()] = candidate.score();
                nextOrigins[next.size()] = candidate.beam();
                next.add(hypothesis.append(candidate.token(), candidate.logProbability()));
            } else if (rank < beam.beams()) {
                int scored = beam.rules().scoredLength(length, promptLength, true);
                add(
                        hypothesis.append(candidate.token(), candidate.logProbability()),
                        candidate.score(),
                        scored,
                        FinishReason.END_TOKEN);
            }
        }
        if (next.size() < beam.beams()) {
            throw new MedleyException("beam search: context " + context + " has " + next.size()
                    + " possible continuations for " + beam.beams() + " beams; use fewer beams");
        }
        open = next;
        openScores = nextScores;
        origins = nextOrigins;
        done = isDone(candidates.get(0).score(), length);
    }

    /** The best {@code count} of all beams' tokens; equal scores in order of beams, then ids, as in upstream's flattened view. */
    private List<Candidate> best(List<Ranking> rankings, int count) {
        var candidates = new ArrayList<Candidate>(count);
        var heads = new int[rankings.size()];
        while (candidates.size() < count) {
            int from = -1;
            float highest = 0;
            for (int b = 0; b < heads.length; b++) {
                if (heads[b] < rankings.get(b).size()) {
                    float score = openScores[b] + rankings.get(b).score(heads[b]);
                    if (from < 0 || score > highest) {
                        from = b;
                        highest = score;
                    }
                }
            }
            if (from < 0) {
                break;
            }
            var ranking = rankings.get(from);
            int i = heads[from]++;
            candidates.add(new Candidate(from, ranking.token(i), highest, ranking.logProbability(i)));
        }
        return candidates;
    }

    /** Keeps a hypothesis if it is among the best {@code beams}; of equal worst ones the earliest goes. */
    private void add(Hypothesis hypothesis, float sum, int length, FinishReason reason) {
        double score = sum / Math.pow(length, beam.lengthPenalty());
        if (finished.size() >= beam.beams() && !(score > worstScore)) {
            return;
        }
        finished.add(new Scored(score, hypothesis, reason));
        if (finished.size() > beam.beams()) {
            int worst = 0;
            for (int i = 1; i < finished.size(); i++) {
                worst = finished.get(i).score() < finished.get(worst).score() ? i : worst;
            }
            finished.remove(worst);
            worstScore = finished.stream().mapToDouble(Scored::score).min().orElse(worstScore);
        } else {
            worstScore = Math.min(worstScore, score);
        }
    }

    private boolean isDone(float bestSum, int length) {
        if (finished.size() < beam.beams()) {
            return false;
        }
        if (beam.earlyStopping() == EarlyStopping.FIRST) {
            return true;
        }
        int attainable = beam.earlyStopping() == EarlyStopping.NEVER && beam.lengthPenalty() > 0
                ? beam.rules().longest(options.maxLength(), promptLength)
                : beam.rules().attainableLength(length, promptLength);
        return worstScore >= bestSum / Math.pow(attainable, beam.lengthPenalty());
    }

    /** Whether no further step can change the result. */
    boolean isDone() {
        return done;
    }

    /** The open hypotheses, one per beam. */
    List<Hypothesis> open() {
        return open;
    }

    /** Per open hypothesis, which of the beams before the last step it continues. */
    int[] origins() {
        return origins;
    }

    /** The best {@code samples} results; if the search is not done, open hypotheses count as they are. */
    List<Continuation> results(FinishReason openReason) {
        if (!done) {
            for (int b = 0; b < open.size(); b++) {
                int length = beam.rules().scoredLength(open.get(b).length(), promptLength, false);
                add(open.get(b), openScores[b], length, openReason);
            }
        }
        var left = new ArrayList<>(finished);
        var results = new ArrayList<Continuation>();
        for (int i = 0; i < options.samples(); i++) {
            int best = 0;
            for (int j = 1; j < left.size(); j++) {
                // Of equal scores the later wins, as the last of upstream's stably sorted list.
                best = left.get(j).score() >= left.get(best).score() ? j : best;
            }
            var result = left.remove(best);
            results.add(result.hypothesis().finish(result.score(), result.reason()));
        }
        return results;
    }
}
