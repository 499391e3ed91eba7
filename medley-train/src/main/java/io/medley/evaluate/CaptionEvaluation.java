package io.medley.evaluate;

import io.medley.image.RgbImage;
import io.medley.metric.CaptionScores;
import io.medley.metric.Diversity;
import io.medley.metric.MetricJars;
import io.medley.task.CaptionOptions;
import io.medley.task.Captioner;
import io.medley.task.Match;
import io.medley.task.Matcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;

/**
 * Captions against what people say: CIDEr-D, BLEU, ROUGE-L, METEOR and SPICE where their jars are, diversity, and how well a matcher thinks
 * they fit their pictures (ITM probability, and CLIPScore's 2.5·max(0, cosine) of Hessel et al., 2021). Items score by CIDEr-D.
 */
public final class CaptionEvaluation {
    private static final double CLIP_SCORE = 2.5;

    private final Captioner captioner;
    private final Optional<Matcher> matcher;
    private final MetricJars jars;
    private final CaptionOptions options;
    private final int batch;

    /**
     * @param matcher judges captions without references, if there is one
     * @param jars METEOR and SPICE, as far as they are there
     */
    public CaptionEvaluation(
            Captioner captioner, Optional<Matcher> matcher, MetricJars jars, CaptionOptions options, int batch) {
        this.captioner = captioner;
        this.matcher = matcher;
        this.jars = jars;
        this.options = options;
        this.batch = batch;
    }

    private record Said(String text, Optional<Match> match) {}

    public Evaluation run(List<Example.Captioned> examples, IntConsumer progress) {
        var said = Parts.ask(examples, batch, progress, this::say);
        var captions = said.stream().map(Said::text).toList();
        var references = examples.stream().map(Example.Captioned::texts).toList();
        var scores = CaptionScores.of(references, captions);
        var figures = new LinkedHashMap<String, Double>();
        figures.put("CIDEr", scores.corpus().getOrDefault("CIDEr", Double.NaN));
        figures.putAll(scores.corpus());
        var notes = new ArrayList<String>();
        figures.putAll(jars.scores(references, captions, notes::add));
        domains(examples, captions, figures);
        if (matcher.isPresent()) {
            measure(figures, "ITM", said, Match::probability);
            measure(figures, "CLIPScore", said, CaptionEvaluation::clipScore);
        }
        figures.putAll(Diversity.of(captions));
        if (examples.size() == 1) {
            notes.add("CIDEr of a single picture is 0 by definition: no word is rarer than another");
        }
        var items = new ArrayList<Evaluation.Item>();
        for (int i = 0; i < examples.size(); i++) {
            items.add(item(examples.get(i), said.get(i), scores.items().get(i)));
        }
        return new Evaluation("caption", figures, items, notes);
    }

    private List<Said> say(List<Example.Captioned> examples) {
        List<RgbImage> images = Parts.images(examples, Example.Captioned::picture);
        var texts = captioner.caption(images, options).stream()
                .map(captions -> captions.get(0).text())
                .toList();
        var said = new ArrayList<Said>();
        // A matcher refuses empty texts; an empty caption simply has no match.
        var spoken = new ArrayList<Integer>();
        for (int i = 0; i < texts.size(); i++) {
            said.add(new Said(texts.get(i), Optional.empty()));
            if (!texts.get(i).isBlank()) {
                spoken.add(i);
            }
        }
        matcher.ifPresent(m -> {
            var matches = m.pairs(
                    spoken.stream().map(images::get).toList(),
                    spoken.stream().map(texts::get).toList());
            for (int k = 0; k < spoken.size(); k++) {
                said.set(spoken.get(k), new Said(texts.get(spoken.get(k)), Optional.of(matches.get(k))));
            }
        });
        return said;
    }

    private static double clipScore(Match match) {
        return CLIP_SCORE * Math.max(0, match.cosine());
    }

    /** Adds a mean, unless the matcher has no head for it. */
    private static void measure(
            Map<String, Double> figures, String name, List<Said> said, ToDoubleFunction<Match> value) {
        double mean = said.stream()
                .mapToDouble(s -> s.match.map(value::applyAsDouble).orElse(0.0))
                .average()
                .orElse(Double.NaN);
        if (Double.isFinite(mean)) {
            figures.put(name, mean);
        }
    }

    /** As nocaps reports them: every domain evaluated as a data set of its own. */
    private static void domains(List<Example.Captioned> examples, List<String> captions, Map<String, Double> figures) {
        var domains = new TreeMap<String, List<Integer>>();
        for (int i = 0; i < examples.size(); i++) {
            var domain = examples.get(i).domain();
            if (!domain.isEmpty()) {
                domains.computeIfAbsent(domain, d -> new ArrayList<>()).add(i);
            }
        }
        domains.forEach((domain, members) -> {
            var scores = CaptionScores.of(
                    members.stream().map(i -> examples.get(i).texts()).toList(),
                    members.stream().map(captions::get).toList());
            figures.put(domain + " CIDEr", scores.corpus().getOrDefault("CIDEr", Double.NaN));
            figures.put(domain + " Bleu_4", scores.corpus().getOrDefault("Bleu_4", Double.NaN));
        });
    }

    private static Evaluation.Item item(Example.Captioned example, Said said, Map<String, Double> scores) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("caption", said.text);
        facts.put("references", example.texts());
        if (!example.domain().isEmpty()) {
            facts.put("domain", example.domain());
        }
        facts.putAll(scores);
        said.match.ifPresent(match -> {
            facts.put("ITM", match.probability());
            facts.put("CLIPScore", clipScore(match));
        });
        return new Evaluation.Item(example.key(), scores.getOrDefault("CIDEr", 0.0), List.of(example.picture()), facts);
    }
}
