package io.medley.capfilt;

import io.medley.shards.ModelIdentity;
import io.medley.task.CaptionOptions;
import io.medley.task.Decoding;
import io.medley.tensor.MedleyException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * All that the contents of the output depend on, besides the input. Two shards may stand side by side only if these are equal, which
 * {@link #hash} tells.
 *
 * @param captioner writes the synthetic texts
 * @param filter scores all texts; the same model as the captioner if both shall share one encoding
 * @param clip gives a second cosine, or null
 * @param captions how captions are written; its seed is the run's
 * @param policy which texts are kept
 * @param batch pictures per batch. Floating-point sums differ between batch sizes in their last bits, and so it counts
 * @param threads threads one operation of the engine is split over, for the same reason
 * @param keepAll whether pictures none of whose texts is kept stay in the output, without a text
 * @param timings whether side-cars hold times, which no two runs have the same
 */
public record CapFiltSettings(
        ModelIdentity captioner,
        ModelIdentity filter,
        @Nullable ModelIdentity clip,
        CaptionOptions captions,
        Policy policy,
        int batch,
        int threads,
        boolean keepAll,
        boolean timings)
        implements Serializable {
    private static final int MOST_SAMPLES = 100;
    private static final int MOST_BATCH = 1024;

    /** Changes whenever the same settings begin to give other output. */
    private static final int FORMAT = 2;

    public CapFiltSettings {
        if (batch < 1 || batch > MOST_BATCH) {
            throw new MedleyException("batch is " + batch + "; give 1 to " + MOST_BATCH + " pictures");
        }
        if (threads < 1) {
            throw new MedleyException("threads is " + threads + "; give 1 or more");
        }
        if (captions.samples() > MOST_SAMPLES) {
            throw new MedleyException("samples is " + captions.samples() + "; give 1 to " + MOST_SAMPLES);
        }
    }

    /** BLIP's own: one caption a picture, nucleus 0.9, repetition penalty 1.1, 5 to 20 tokens. */
    public static CaptionOptions paperCaptions(int samples, long seed) {
        return CaptionOptions.nucleus(0.9, samples, seed).withLengths(5, 20);
    }

    /** The same but for what happens to scored texts. */
    public CapFiltSettings judging(Policy other, boolean keepEverything) {
        return new CapFiltSettings(captioner, filter, clip, captions, other, batch, threads, keepEverything, false);
    }

    /** As JSON, always in the same order. */
    public ObjectNode json() {
        var json = JsonMapper.shared().createObjectNode();
        json.put("format", FORMAT);
        model(json.putObject("captioner"), captioner);
        model(json.putObject("filter"), filter);
        if (clip != null) {
            model(json.putObject("clip"), clip);
        }
        var writing = json.putObject("captions");
        if (captions.decoding() instanceof Decoding.Nucleus nucleus) {
            writing.put("decoding", "nucleus")
                    .put("p", nucleus.p())
                    .put("temperature", nucleus.temperature())
                    .put("top_k", nucleus.topK());
        } else if (captions.decoding() instanceof Decoding.Beam beam) {
            writing.put("decoding", "beam").put("beams", beam.beams()).put("length_penalty", beam.lengthPenalty());
        } else {
            writing.put("decoding", "greedy");
        }
        writing.put("samples", captions.samples())
                .put("prompt", captions.prompt())
                .put("min_length", captions.minLength())
                .put("max_length", captions.maxLength())
                .put("repetition_penalty", captions.repetitionPenalty())
                .put("seed", captions.seed());
        var judging = json.putObject("policy").put("name", policy.word());
        if (policy instanceof Policy.Paper paper) {
            judging.put("threshold", paper.threshold());
        } else if (policy instanceof Policy.BestOf best) {
            judging.put("threshold", best.threshold());
        } else if (policy instanceof Policy.TopK top) {
            judging.put("k", top.most()).put("threshold", top.threshold());
        } else if (policy instanceof Policy.ClipRank rank) {
            judging.put("k", rank.most());
        }
        json.put("batch", batch)
                .put("threads", threads)
                .put("keep_all", keepAll)
                .put("timings", timings);
        return json;
    }

    /**
     * What {@link #json()} wrote.
     *
     * @throws MedleyException when it is something else
     */
    public static CapFiltSettings of(JsonNode json) {
        if (json.path("format").asInt(0) != FORMAT) {
            throw new MedleyException("settings of capfilt: format " + json.path("format") + " is not known here; "
                    + "they were written by another version of medley");
        }
        var writing = json.path("captions");
        var prompt = writing.path("prompt");
        var judging = json.path("policy");
        return new CapFiltSettings(
                model(json.path("captioner")),
                model(json.path("filter")),
                json.has("clip") ? model(json.path("clip")) : null,
                new CaptionOptions(
                        decoding(writing),
                        writing.path("samples").asInt(0),
                        prompt.isString() ? prompt.stringValue() : null,
                        writing.path("min_length").asInt(0),
                        writing.path("max_length").asInt(0),
                        writing.path("repetition_penalty").asDouble(0),
                        writing.path("seed").asLong(0)),
                Policy.of(
                        judging.path("name").asString(""),
                        judging.path("threshold").asDouble(0),
                        judging.path("k").asInt(1)),
                json.path("batch").asInt(0),
                json.path("threads").asInt(0),
                json.path("keep_all").asBoolean(false),
                json.path("timings").asBoolean(false));
    }

    private static Decoding decoding(JsonNode json) {
        return switch (json.path("decoding").asString("")) {
            case "nucleus" ->
                new Decoding.Nucleus(
                        json.path("p").asDouble(0),
                        json.path("temperature").asDouble(0),
                        json.path("top_k").asInt(0));
            case "beam" ->
                new Decoding.Beam(
                        json.path("beams").asInt(0), json.path("length_penalty").asDouble(0));
            default -> new Decoding.Greedy();
        };
    }

    private static ModelIdentity model(JsonNode json) {
        return new ModelIdentity(
                json.path("name").asString(""), json.path("sha256").asString(""));
    }

    /** 16 hexadecimal digits that differ wherever settings do. */
    public String hash() {
        return new CapFiltTask(this).hash();
    }

    private static void model(ObjectNode json, ModelIdentity model) {
        json.put("name", model.name()).put("sha256", model.sha256());
    }
}
