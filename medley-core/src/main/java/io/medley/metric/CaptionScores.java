package io.medley.metric;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The usual figures of captions: {@code Bleu_1} … {@code Bleu_4}, {@code ROUGE_L}, {@code CIDEr} (which is CIDEr-D, as everywhere) under
 * the names of the COCO evaluation.
 *
 * @param corpus figures of all captions together
 * @param items figures of every caption, in order
 */
public record CaptionScores(Map<String, Double> corpus, List<Map<String, Double>> items) {

    /** Scores sentences as they are written: both sides go through {@link PtbTokenizer} first. */
    public static CaptionScores of(List<List<String>> references, List<String> captions) {
        return ofTokens(
                references.stream()
                        .map(all -> all.stream().map(PtbTokenizer::normalize).toList())
                        .toList(),
                captions.stream().map(PtbTokenizer::normalize).toList());
    }

    /** Scores sentences whose tokens are separated by single spaces already. */
    public static CaptionScores ofTokens(List<List<String>> references, List<String> captions) {
        var bleu = Bleu.of(references, captions);
        var cider = new Cider(references);
        var items = new ArrayList<Map<String, Double>>();
        double rougeSum = 0;
        double ciderSum = 0;
        for (int i = 0; i < captions.size(); i++) {
            double rouge = RougeL.score(references.get(i), captions.get(i));
            double consensus = cider.score(i, captions.get(i));
            rougeSum += rouge;
            ciderSum += consensus;
            items.add(figures(bleu.items().get(i), rouge, consensus));
        }
        return new CaptionScores(figures(bleu.corpus(), rougeSum / captions.size(), ciderSum / captions.size()), items);
    }

    private static Map<String, Double> figures(double[] bleu, double rouge, double cider) {
        var figures = new LinkedHashMap<String, Double>();
        for (int n = 0; n < bleu.length; n++) {
            figures.put("Bleu_" + (n + 1), bleu[n]);
        }
        figures.put("ROUGE_L", rouge);
        figures.put("CIDEr", cider);
        return figures;
    }
}
