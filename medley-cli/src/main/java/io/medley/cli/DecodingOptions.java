package io.medley.cli;

import io.medley.task.CaptionOptions;
import io.medley.task.Decoding;
import io.medley.tensor.MedleyException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How captions are written; the options of every command that writes them. */
final class DecodingOptions {
    private static final int DEFAULT_BEAMS = 3;

    /** At most one of these may be given. */
    static final class Method {
        @Option(
                names = "--beams",
                paramLabel = "N",
                description = "Beam search with N beams (default: 3); 1 is greedy.")
        @Nullable
        Integer beams;

        @Option(
                names = "--nucleus",
                paramLabel = "P",
                description = "Nucleus sampling: draw from the most probable tokens of mass P, for example 0.9.")
        @Nullable
        Double nucleus;
    }

    @ArgGroup(exclusive = true)
    @Nullable
    Method method;

    @Option(names = "--samples", paramLabel = "K", defaultValue = "1", description = "Captions per image. Default: 1.")
    int samples = 1;

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "Text each caption starts with. Default: the model's own.")
    @Nullable
    String prompt;

    @Option(names = "--no-prompt", description = "Start from nothing at all.")
    boolean noPrompt;

    @Option(
            names = "--min-length",
            paramLabel = "A",
            defaultValue = "5",
            description = "Least number of tokens, prompt included. Default: 5.")
    int minLength = 5;

    @Option(
            names = "--max-length",
            paramLabel = "B",
            defaultValue = "30",
            description = "Greatest number of tokens, prompt included. Default: 30.")
    int maxLength = 30;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "With --nucleus: below 1 bolder words give way to likely ones. Default: 1.")
    @Nullable
    Double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "With --nucleus: consider at most K tokens, 0 for all. Default: 50, as the original.")
    @Nullable
    Integer topK;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "R",
            description = "Make used words less likely; 1 is off. Default: 1, with --nucleus 1.1.")
    @Nullable
    Double repetitionPenalty;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", description = "Seed of sampling. Default: 0.")
    long seed;

    CaptionOptions options() {
        if (noPrompt && prompt != null) {
            throw new MedleyException("--prompt and --no-prompt exclude each other; give one of them");
        }
        if (prompt != null && prompt.isBlank()) {
            throw new MedleyException(
                    "--prompt is empty; leave it out for the model's own prompt, or give --no-prompt");
        }
        Double mass = method == null ? null : method.nucleus;
        if (mass == null && (temperature != null || topK != null)) {
            throw new MedleyException("--temperature and --top-k work with --nucleus; add for example --nucleus 0.9");
        }
        Decoding decoding = mass == null
                ? beams()
                : new Decoding.Nucleus(
                        mass,
                        temperature == null ? 1.0 : temperature,
                        topK == null ? Decoding.Nucleus.UPSTREAM_TOP_K : topK);
        double penalty = repetitionPenalty != null ? repetitionPenalty : mass == null ? 1.0 : 1.1;
        return new CaptionOptions(decoding, samples, noPrompt ? "" : prompt, minLength, maxLength, penalty, seed);
    }

    private Decoding beams() {
        Integer beams = method == null ? null : method.beams;
        int count = beams == null ? Math.max(DEFAULT_BEAMS, samples) : beams;
        return count == 1 ? new Decoding.Greedy() : new Decoding.Beam(count);
    }
}
