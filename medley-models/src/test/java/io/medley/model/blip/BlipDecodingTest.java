package io.medley.model.blip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.medley.checkpoint.Checkpoint;
import io.medley.decode.BeamRules;
import io.medley.decode.Continuation;
import io.medley.decode.ContinuousDecoder;
import io.medley.decode.Decoder;
import io.medley.decode.DecoderState;
import io.medley.decode.DecodingListener;
import io.medley.decode.DecodingOptions;
import io.medley.decode.EarlyStopping;
import io.medley.decode.Strategy;
import io.medley.model.med.MedConfig;
import io.medley.model.med.MedDecoder;
import io.medley.nn.Weights;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MED under {@link Decoder} against {@code BLIP_Decoder.generate} (reference/blip/decoder). */
final class BlipDecodingTest {
    private static final int SEP = 4;
    private static final int PAD = 0;
    private static final Pattern GENERATE =
            Pattern.compile("generate\\.beams(\\d+)\\.rp([\\d.]+)\\.min(\\d+)\\.max(\\d+)\\.ids");

    private final Scope scope = Scope.open();
    private Checkpoint cases;
    private MedDecoder decoder;
    private Tensor imageEmbeds;
    private int[][] prompts;

    @BeforeEach
    void open() throws IOException {
        cases = reference("cases");
        var weights = new LinkedHashMap<String, Tensor>();
        try (var model = reference("model")) {
            model.names().forEach(name -> weights.put(name, model.load(name)));
        }
        var config = new MedConfig(103, 24, 2, 4, 48, 64, 32, 1e-12);
        decoder = new MedDecoder(Weights.of(weights).at("text_decoder"), config, true);
        imageEmbeds = cases.load("image_embeds");
        prompts = Arrays.stream(rows(cases.load("generate.prompt_ids")))
                .map(row -> Arrays.stream(row).mapToInt(id -> (int) id).toArray())
                .toArray(int[][]::new);
    }

    @AfterEach
    void close() {
        cases.close();
        scope.close();
    }

    private static Checkpoint reference(String name) throws IOException {
        return Checkpoint.open(Path.of("src/test/resources/reference/blip/decoder", name + ".safetensors"));
    }

    private List<List<Continuation>> decode(DecodingOptions options) {
        try (var memory = decoder.memory(imageEmbeds, null);
                var state = decoder.start(memory, options.maxLength())) {
            return Decoder.decode(state, prompts, options);
        }
    }

    @Test
    void idsEqualUpstreamsForEveryStoredSetting() {
        int compared = 0;
        for (var name : cases.names()) {
            var setting = GENERATE.matcher(name);
            if (setting.matches()) {
                var options = new DecodingOptions(
                        new Strategy.Beam(Integer.parseInt(setting.group(1))),
                        Integer.parseInt(setting.group(3)),
                        Integer.parseInt(setting.group(4)),
                        Double.parseDouble(setting.group(2)),
                        1,
                        SEP);
                var best = decode(options).stream().map(r -> r.get(0)).toList();
                assertThat(Continuation.padded(best, PAD)).as(name).isDeepEqualTo(rows(cases.load(name)));
                compared++;
            }
        }
        assertThat(compared).isEqualTo(22);
    }

    @Test
    void sequenceScoresEqualUpstreamsUnderEveryBeamOption() throws IOException {
        int compared = 0;
        try (var trace = reference("beam_trace")) {
            for (var name : trace.names()) {
                if (name.endsWith("/sequences_scores")) {
                    var run = name.substring(0, name.indexOf('/'));
                    var arguments = arguments(run);
                    var results = decode(options(arguments)).stream()
                            .flatMap(List::stream)
                            .toList();
                    assertThat(Continuation.padded(results, PAD))
                            .as(run)
                            .isDeepEqualTo(rows(trace.load(run + "/sequences")));
                    float[] scores = trace.load(name).toFloats();
                    for (int i = 0; i < scores.length; i++) {
                        assertThat(results.get(i).score())
                                .as(run)
                                .isCloseTo(scores[i], within(1e-5 + 1e-4 * Math.abs(scores[i])));
                    }
                    compared++;
                }
            }
        }
        assertThat(compared).isEqualTo(6);
    }

    private static Map<String, String> arguments(String run) {
        var arguments = new HashMap<String, String>();
        for (var argument : run.split("\\.(?=[a-z])")) {
            var parts = argument.split("=");
            arguments.put(parts[0], parts[1]);
        }
        return arguments;
    }

    private static DecodingOptions options(Map<String, String> arguments) {
        var beam = new Strategy.Beam(
                Integer.parseInt(arguments.get("beams")),
                Double.parseDouble(arguments.getOrDefault("length_penalty", "1")),
                arguments.containsKey("early_stopping") ? EarlyStopping.FIRST : EarlyStopping.HEURISTIC,
                BeamRules.TRANSFORMERS_4_15);
        return new DecodingOptions(
                beam,
                Integer.parseInt(arguments.get("min_length")),
                Integer.parseInt(arguments.get("max_length")),
                Double.parseDouble(arguments.getOrDefault("repetition_penalty", "1")),
                Integer.parseInt(arguments.getOrDefault("num_return_sequences", "1")),
                SEP);
    }

    @Test
    void nucleusProbabilitiesEqualUpstreamsAtEveryStep() {
        var strategy = new Strategy.Sample(1, 50, 0.9, 0);
        var options = new DecodingOptions(strategy, 5, 14, 1.1, 1, SEP);
        float[] expected = cases.load("nucleus_argmax.step_probs").toFloats();
        long[][] ids = rows(cases.load("nucleus_argmax.ids"));
        int steps = ids[0].length - prompts[0].length;
        try (var memory = decoder.memory(imageEmbeds, null);
                DecoderState state = decoder.start(memory, options.maxLength())) {
            var fed = Arrays.stream(ids)
                    .map(row -> Arrays.copyOf(row, prompts[0].length))
                    .toArray(long[][]::new);
            for (int step = 0; step < steps; step++) {
                int length = prompts[0].length + step;
                var prefixes = Arrays.stream(ids)
                        .map(row -> Arrays.stream(row)
                                .limit(length)
                                .mapToInt(id -> (int) id)
                                .toArray())
                        .toArray(int[][]::new);
                var probabilities = Decoder.distribution(state.advance(fed), prefixes, options, strategy);
                for (int r = 0; r < ids.length; r++) {
                    int most = 0;
                    for (int v = 0; v < 103; v++) {
                        assertThat(probabilities[r][v])
                                .as("row %d step %d token %d", r, step, v)
                                .isCloseTo(expected[(r * steps + step) * 103 + v], within(2e-5f));
                        most = probabilities[r][v] > probabilities[r][most] ? v : most;
                    }
                    boolean ended = Arrays.stream(prefixes[r]).anyMatch(id -> id == SEP);
                    assertThat((long) (ended ? PAD : most)).isEqualTo(ids[r][length]);
                }
                // Upstream feeds padding to the rows that are finished.
                fed = Arrays.stream(ids).map(row -> new long[] {row[length]}).toArray(long[][]::new);
            }
        }
    }

    @Test
    void samplesDoNotDependOnTheImagesBeside() {
        var options = new DecodingOptions(new Strategy.Sample(1, 50, 0.9, 17), 5, 20, 1.1, 3, SEP);
        var all = decode(options);
        for (int i = 0; i < prompts.length; i++) {
            try (var memory = decoder.memory(imageEmbeds.narrow(0, i, 1), null);
                    var state = decoder.start(memory, options.maxLength())) {
                var alone =
                        Decoder.decode(state, new int[][] {prompts[i]}, options, new long[] {i}, DecodingListener.NONE);
                for (int j = 0; j < 3; j++) {
                    assertThat(alone.get(0).get(j).ids())
                            .isEqualTo(all.get(i).get(j).ids());
                }
            }
        }
        assertThat(all.get(0).stream().map(c -> Arrays.toString(c.ids())).distinct())
                .hasSizeGreaterThan(1);
    }

    /** Prompts of three lengths, images again and again, few enough rows that all wait for others to end. */
    @Test
    void imagesThatComeWhileOthersAreUnderWayGetWhatTheyGetAlone() {
        int turns = 30;
        for (int samples : new int[] {1, 3}) {
            var options = new DecodingOptions(new Strategy.Sample(1, 50, 0.9, 17), 5, 20, 1.1, samples, SEP);
            var results = new HashMap<Integer, List<Continuation>>();
            try (var memory = decoder.memory(imageEmbeds, null);
                    var state = decoder.startContinuous(4 * samples, 5, options.maxLength())) {
                var continuous = new ContinuousDecoder<>(state, options, 4 * samples, 5);
                for (int next = 0; next < turns || !continuous.isIdle(); continuous.step()) {
                    for (; next < turns && continuous.hasRoom(); next++) {
                        int turn = next;
                        continuous.enter(
                                memory.image(turn % prompts.length), prompt(turn), turn, r -> results.put(turn, r));
                    }
                }
            }
            for (int turn = 0; turn < turns; turn++) {
                try (var memory = decoder.memory(imageEmbeds.narrow(0, turn % prompts.length, 1), null);
                        var state = decoder.start(memory, options.maxLength())) {
                    var alone = Decoder.decode(
                            state, new int[][] {prompt(turn)}, options, new long[] {turn}, DecodingListener.NONE);
                    for (int j = 0; j < samples; j++) {
                        var one = alone.get(0).get(j);
                        var other = results.get(turn).get(j);
                        assertThat(other.ids()).isEqualTo(one.ids());
                        assertThat(other.logProbabilities()).containsExactly(one.logProbabilities(), within(1e-4f));
                    }
                }
            }
        }
    }

    private int[] prompt(int turn) {
        var whole = prompts[turn % prompts.length];
        return Arrays.copyOf(whole, 1 + turn % whole.length);
    }

    private static long[][] rows(Tensor ids) {
        long[] all = ids.toLongs();
        int width = Math.toIntExact(ids.size(1));
        var rows = new long[all.length / width][];
        for (int r = 0; r < rows.length; r++) {
            rows[r] = Arrays.copyOfRange(all, r * width, (r + 1) * width);
        }
        return rows;
    }
}
