package io.medley.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/** The same semantics written down the long way round: one context at a time, the whole vocabulary, doubles, everything sorted. */
final class NaiveDecoder {
    record Result(List<Long> generated, double score) {}

    private record Beam(List<Long> ids, double sum) {}

    private final Function<long[], float[]> model;
    private final DecodingOptions options;

    NaiveDecoder(Function<long[], float[]> model, DecodingOptions options) {
        this.model = model;
        this.options = options;
    }

    List<Long> greedy(long[] prompt) {
        var ids = boxed(prompt);
        while (ids.size() < options.maxLength()) {
            double[] scores = processed(toDoubles(model.apply(array(ids))), ids);
            int best = 0;
            for (int v = 1; v < scores.length; v++) {
                best = scores[v] > scores[best] ? v : best;
            }
            ids.add((long) best);
            if (best == options.endToken()) {
                break;
            }
        }
        return ids.subList(prompt.length, ids.size());
    }

    List<Result> beam(long[] prompt, Strategy.Beam beam) {
        int width = beam.beams();
        var open = new ArrayList<Beam>();
        for (int b = 0; b < width; b++) {
            open.add(new Beam(boxed(prompt), b == 0 ? 0 : -1e9));
        }
        var done = new ArrayList<Beam>(); // ids with the end token, sum already divided
        boolean finished = false;
        int length = prompt.length;
        while (length < options.maxLength() && !finished) {
            var candidates = new ArrayList<Beam>();
            for (var b : open) {
                double[] scores = processed(logSoftmax(toDoubles(model.apply(array(b.ids())))), b.ids());
                for (int v = 0; v < scores.length; v++) {
                    var ids = new ArrayList<>(b.ids());
                    ids.add((long) v);
                    if (scores[v] > Double.NEGATIVE_INFINITY) {
                        candidates.add(new Beam(ids, b.sum() + scores[v]));
                    }
                }
            }
            candidates.sort(Comparator.comparingDouble(Beam::sum).reversed());
            double best = candidates.get(0).sum();
            var next = new ArrayList<Beam>();
            for (int rank = 0; rank < Math.min(2 * width, candidates.size()) && next.size() < width; rank++) {
                var c = candidates.get(rank);
                if (c.ids().get(length) != options.endToken()) {
                    next.add(c);
                } else if (rank < width) {
                    double divisor =
                            switch (beam.rules()) {
                                case TRANSFORMERS_4_15, TRANSFORMERS_4_33 -> length;
                                case TRANSFORMERS_4_37 -> length + 1 - prompt.length;
                            };
                    keep(done, new Beam(c.ids(), c.sum() / Math.pow(divisor, beam.lengthPenalty())), width);
                }
            }
            open = next;
            if (done.size() == width) {
                double worst = done.stream().mapToDouble(Beam::sum).min().orElseThrow();
                double ending =
                        switch (beam.rules()) {
                            case TRANSFORMERS_4_15 -> length;
                            case TRANSFORMERS_4_33 -> length + 1;
                            case TRANSFORMERS_4_37 -> length + 1 - prompt.length;
                        };
                if (beam.earlyStopping() == EarlyStopping.NEVER && beam.lengthPenalty() > 0) {
                    ending = options.maxLength() - (beam.rules() == BeamRules.TRANSFORMERS_4_37 ? prompt.length : 0);
                }
                finished = beam.earlyStopping() == EarlyStopping.FIRST
                        || worst >= best / Math.pow(ending, beam.lengthPenalty());
            }
            length++;
        }
        if (!finished) {
            double divisor = beam.rules() == BeamRules.TRANSFORMERS_4_37 ? length - prompt.length : length;
            for (var b : open) {
                keep(done, new Beam(b.ids(), b.sum() / Math.pow(divisor, beam.lengthPenalty())), width);
            }
        }
        return done.stream()
                .sorted(Comparator.comparingDouble(Beam::sum).reversed())
                .limit(options.samples())
                .map(b -> new Result(b.ids().subList(prompt.length, b.ids().size()), b.sum()))
                .toList();
    }

    private static void keep(List<Beam> done, Beam beam, int width) {
        done.add(beam);
        done.sort(Comparator.comparingDouble(Beam::sum).reversed());
        if (done.size() > width) {
            done.remove(width);
        }
    }

    /** The distribution of the next token after all warpers, in upstream's order, by sorting. */
    double[] distribution(long[] prefix, Strategy.Sample sample) {
        double[] scores = processed(toDoubles(model.apply(prefix)), boxed(prefix));
        for (int v = 0; v < scores.length; v++) {
            scores[v] /= sample.temperature();
        }
        if (sample.topK() > 0) {
            double[] sorted = Arrays.stream(scores).sorted().toArray();
            double least = sorted[Math.max(0, sorted.length - sample.topK())];
            for (int v = 0; v < scores.length; v++) {
                scores[v] = scores[v] < least ? Double.NEGATIVE_INFINITY : scores[v];
            }
        }
        double[] all = exp(logSoftmax(scores));
        var order = new ArrayList<Integer>();
        for (int v = 0; v < all.length; v++) {
            order.add(v);
        }
        order.sort(Comparator.comparingDouble((Integer v) -> all[v]).reversed());
        double before = 0;
        for (int v : order) {
            double own = all[v];
            if (before > sample.topP()) {
                scores[v] = Double.NEGATIVE_INFINITY;
            }
            before += own;
        }
        return exp(logSoftmax(scores));
    }

    private double[] processed(double[] scores, List<Long> ids) {
        for (long id : new TreeSet<>(new HashSet<>(ids))) {
            double s = scores[(int) id];
            scores[(int) id] = s < 0 ? s * options.repetitionPenalty() : s / options.repetitionPenalty();
        }
        if (options.endToken() >= 0 && ids.size() < options.minLength()) {
            scores[options.endToken()] = Double.NEGATIVE_INFINITY;
        }
        return scores;
    }

    private static double[] logSoftmax(double[] scores) {
        double max = Arrays.stream(scores).max().orElseThrow();
        double sum = Arrays.stream(scores).map(s -> Math.exp(s - max)).sum();
        return Arrays.stream(scores).map(s -> s - max - Math.log(sum)).toArray();
    }

    private static double[] exp(double[] scores) {
        return Arrays.stream(scores).map(Math::exp).toArray();
    }

    private static double[] toDoubles(float[] values) {
        var doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    private static List<Long> boxed(long[] ids) {
        return new ArrayList<>(Arrays.stream(ids).boxed().toList());
    }

    private static long[] array(List<Long> ids) {
        return ids.stream().mapToLong(Long::longValue).toArray();
    }
}
