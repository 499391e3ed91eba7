package io.medley.model.blip.reference;

import io.medley.decode.BeamRules;
import io.medley.decode.DecodingOptions;
import io.medley.decode.EarlyStopping;
import io.medley.decode.Strategy;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Arguments of {@code generate} as they are written in names of cases. */
final class Arguments {
    private static final Pattern PAIR =
            Pattern.compile("([a-z_]+)=?(-?[0-9]+(?:\\.[0-9]+)?|True|False|never)(?=\\.|$)");
    private static final Map<String, String> SHORT =
            Map.of("rp", "repetition_penalty", "min", "min_length", "max", "max_length", "num_beams", "beams");

    private final Map<String, String> values = new HashMap<>();

    /** {@code beams3.rp1.0.min5.max14} or {@code beams=3.min_length=5.early_stopping=True}. */
    Arguments(String text) {
        var pairs = PAIR.matcher(text);
        while (pairs.find()) {
            values.put(SHORT.getOrDefault(pairs.group(1), pairs.group(1)), pairs.group(2));
        }
    }

    int beams() {
        return integer("beams", 1);
    }

    DecodingOptions options(long endToken, BeamRules rules) {
        int beams = beams();
        Strategy strategy = beams == 1
                ? new Strategy.Greedy()
                : new Strategy.Beam(beams, number("length_penalty", 1), stopping(), rules);
        return new DecodingOptions(
                strategy,
                integer("min_length", 0),
                integer("max_length", 20),
                number("repetition_penalty", 1),
                integer("num_return_sequences", 1),
                Math.toIntExact(endToken));
    }

    private EarlyStopping stopping() {
        return switch (values.getOrDefault("early_stopping", "False")) {
            case "True" -> EarlyStopping.FIRST;
            case "never" -> EarlyStopping.NEVER;
            default -> EarlyStopping.HEURISTIC;
        };
    }

    int integer(String key, int otherwise) {
        return (int) number(key, otherwise);
    }

    double number(String key, double otherwise) {
        var value = values.get(key);
        return value == null ? otherwise : Double.parseDouble(value);
    }
}
