package io.medley.evaluate;

import io.medley.image.RgbImage;
import io.medley.metric.Recall;
import io.medley.task.Embedder;
import io.medley.task.Model;
import io.medley.task.Pictures;
import io.medley.task.Rankings;
import io.medley.task.RetrievalOptions;
import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Texts for pictures and pictures for texts: R@1, R@5, R@10 in percent and their means, under the names of BLIP's {@code itm_eval}. A picture's
 * texts are right for it and for no other. Items score by the place of the first right text, 1/(1 + place).
 */
public final class RetrievalEvaluation {
    private static final int SHOWN = 3;
    private static final int BATCH = 32;

    private final Model model;
    private final RetrievalOptions options;

    /** Re-ranks where the model can; a model that only embeds is ranked by cosine. */
    public RetrievalEvaluation(Model model, RetrievalOptions options) {
        this.model = model;
        this.options = options;
    }

    /** @param progress told how many pictures are done; every one is read twice when pairs are re-ranked */
    public Evaluation run(List<Example.Captioned> examples, IntConsumer progress) {
        if (examples.isEmpty()) {
            throw new MedleyException("there is nothing to evaluate: no example was found");
        }
        var texts = new ArrayList<String>();
        var textsOf = new ArrayList<int[]>();
        var pictureOf = new ArrayList<int[]>();
        for (int i = 0; i < examples.size(); i++) {
            int from = texts.size();
            for (var text : examples.get(i).texts()) {
                texts.add(text);
                pictureOf.add(new int[] {i});
            }
            textsOf.add(java.util.stream.IntStream.range(from, texts.size()).toArray());
        }
        var notes = new ArrayList<String>();
        var rankings = rank(examples, texts, progress, notes);
        int[] textRanks = ranks(rankings.texts(), textsOf);
        var found = Recall.of(textRanks);
        var figures = new LinkedHashMap<String, Double>();
        var all = Recall.figures(found, Recall.of(ranks(rankings.pictures(), pictureOf)));
        figures.put("r_mean", all.getOrDefault("r_mean", Double.NaN));
        figures.putAll(all);
        var items = new ArrayList<Evaluation.Item>();
        for (int i = 0; i < examples.size(); i++) {
            items.add(item(examples.get(i), rankings.texts().get(i), textRanks[i], texts));
        }
        return new Evaluation("retrieval", figures, items, notes);
    }

    private Rankings rank(
            List<Example.Captioned> examples, List<String> texts, IntConsumer progress, List<String> notes) {
        var retriever = model.retriever();
        int rounds = retriever.isPresent() && options.rerank() > 0 ? 2 : 1;
        var pictures = new Pictures() {
            private int read;

            @Override
            public int size() {
                return examples.size();
            }

            @Override
            public RgbImage get(int index) {
                progress.accept(++read / rounds);
                return examples.get(index).picture().load();
            }
        };
        if (retriever.isPresent()) {
            return retriever.get().rank(pictures, texts, options);
        }
        var embedder = model.embedder()
                .orElseThrow(() -> new MedleyException(
                        model.name() + ": neither ranks nor embeds, so it cannot retrieve; choose another model"));
        if (options.rerank() > 0) {
            notes.add(model.name() + " has no head that sees picture and text together; ranked by cosine alone");
        }
        return Rankings.byCosine(embed(embedder, pictures), embedder.texts(texts));
    }

    private static float[][] embed(Embedder embedder, Pictures pictures) {
        var vectors = new float[pictures.size()][];
        for (int from = 0; from < vectors.length; from += BATCH) {
            var some = new ArrayList<RgbImage>();
            for (int i = from; i < Math.min(vectors.length, from + BATCH); i++) {
                some.add(pictures.get(i));
            }
            System.arraycopy(embedder.images(some), 0, vectors, from, some.size());
        }
        return vectors;
    }

    private static int[] ranks(List<Rankings.Ranked> ranked, List<int[]> right) {
        var ranks = new int[ranked.size()];
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = ranked.get(i).rank(right.get(i));
        }
        return ranks;
    }

    private static Evaluation.Item item(
            Example.Captioned example, Rankings.Ranked ranked, int rank, List<String> texts) {
        var facts = new LinkedHashMap<String, Object>();
        boolean found = rank != Recall.NOT_FOUND;
        facts.put("place", found ? rank + 1 : "not among the " + ranked.partners().length + " best");
        facts.put(
                "found",
                Arrays.stream(ranked.partners())
                        .limit(SHOWN)
                        .mapToObj(texts::get)
                        .toList());
        facts.put("right", example.texts());
        return new Evaluation.Item(example.key(), found ? 1.0 / (1 + rank) : 0, List.of(example.picture()), facts);
    }
}
